import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Stream } from '#aws/firehose.ts';
import type { ReadSecret } from '#aws/secrets.ts';
import type { DatedMeter, Log } from '#aws/telemetry.ts';
import { type AcceptedEvent, type DoorRejection, type SplitBody, splitBody } from '#core/body.ts';
import { type Arrival, packEvents, toEnvelope } from '#core/envelope.ts';
import { uuidV7 } from '#core/uuid.ts';
import { answer, refuse } from './answer.ts';
import { authenticate } from './authenticate.ts';
import { decodeBody } from './decode.ts';
import { createNumbering, type NumberedRequest } from './numbering.ts';

export interface Deps {
  readonly stream: Stream;
  readonly readWriteKey: ReadSecret;
  /** What the key stands for: the `source` of its events. */
  readonly sourceName: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly logger: Log;
  readonly metrics: DatedMeter;
}

type Split = Extract<SplitBody, { ok: true }>;

/** Time kept back from the function's deadline to answer in. */
const answerMs = 1000;

/** HTTP API request in, per-event answer out. An answer is given only after the stream holds what it says is accepted. */
export const createHandler = (deps: Deps) => {
  const producer = uuidV7(deps.clock(), deps.random(10));
  const numbering = createNumbering();

  /** A metric costs only in hours in which it is emitted: no zeros. */
  const count = (name: string, events: number): void => {
    if (events > 0) deps.metrics.addMetric(name, MetricUnit.Count, events);
  };
  /** Whole requests: how many events they hold is not known, so each counts as one. */
  const turnAway: typeof refuse = (statusCode, code, message) => {
    count('EventsRefused', 1);
    return refuse(statusCode, code, message);
  };

  /** Numbers are settled last: what fails before the answer is ready has acknowledged nothing, whatever the stream holds. */
  const take = async (request: NumberedRequest, split: Split, arrival: Arrival, deadline: number) => {
    const envelopes = packEvents(arrival, split.accepted).map((group) => ({ group, seq: request.takeNumber() }));
    const records = envelopes.map(({ group, seq }) => toRecord(arrival, seq, group));
    const { stored, lastError } = await deps.stream.put(records, deadline);
    if (lastError !== undefined) deps.logger.warn('the stream refused records', { code: lastError });
    const unstored = envelopes.flatMap(({ group }, at) => (stored[at] ? [] : group)).map(unavailable);
    const accepted = split.accepted.length - unstored.length;
    const answered = answer(accepted, [...split.rejected, ...unstored]);
    count('EventsRefused', split.rejected.length);
    count('EventsUnavailable', unstored.length);
    count('EventsAccepted', accepted);
    request.settle(
      envelopes.flatMap(({ seq }, at) => (stored[at] ? seq : [])),
      accepted,
    );
    return answered;
  };

  return async (request: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    deps.logger.addContext(context);
    const event = { ...request, headers: lowerNames(request.headers) };
    const receivedAt = deps.clock();
    deps.metrics.setTimestamp(receivedAt);
    try {
      if (!authenticate(event.headers, await deps.readWriteKey()))
        return turnAway(401, 'unauthorized', 'the write key is missing or wrong: send it in the header X-Write-Key');
      const body = decodeBody(event);
      if (!body.ok) return turnAway(body.status, body.code, body.message);
      const split = splitBody(body.text, () => uuidV7(deps.clock(), deps.random(10)));
      if (!split.ok) return turnAway(split.code === 'not_json' ? 400 : 413, split.code, split.message);
      if (split.accepted.length + split.rejected.length === 0)
        return turnAway(400, 'no_events', 'the array holds no event: send at least one');
      const deadline = deps.clock() + context.getRemainingTimeInMillis() - answerMs;
      const numbered = numbering.begin();
      const arrival = toArrival(event, deps.sourceName, { producer, receivedAt, numbered });
      try {
        return await take(numbered, split, arrival, deadline);
      } catch (error) {
        numbered.settle([], 0);
        throw error;
      }
    } catch (error) {
      deps.logger.error('the request failed', { error: error instanceof Error ? error : String(error) });
      count('EventsUnavailable', 1);
      return refuse(503, 'unavailable', 'the collector cannot store events now: send them again');
    } finally {
      deps.metrics.publishStoredMetrics();
    }
  };
};

/** API Gateway hands over names of headers in lower case, `sam local start-api` as the client wrote them. */
const lowerNames = (headers: Readonly<Record<string, string | undefined>> = {}): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const toArrival = (
  event: APIGatewayProxyEventV2,
  source: string,
  known: { producer: string; receivedAt: number; numbered: NumberedRequest },
): Arrival => ({
  producer: known.producer,
  receivedAt: new Date(known.receivedAt).toISOString(),
  source,
  protocol: 'native',
  client: { ip: event.requestContext.http.sourceIp, user_agent: (event.headers['user-agent'] ?? '').slice(0, 1024) },
  acknowledged: known.numbered.acknowledged,
  void: known.numbered.void,
});

const toRecord = (arrival: Arrival, seq: number, events: readonly AcceptedEvent[]): Uint8Array =>
  Buffer.from(
    toEnvelope(
      arrival,
      seq,
      events.map(({ text }) => text),
    ),
  );

const unavailable = (event: AcceptedEvent): DoorRejection => ({
  index: event.index,
  code: 'stream_unavailable',
  message: 'the stream did not take the event: send it again',
});
