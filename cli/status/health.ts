import type { Health, StageStatus } from '#core/status.ts';
import { Failure, isUnreachable, messageOf, noLaptop } from '../errors.ts';
import { createHttpClient } from '../http.ts';
import { isRecord, type JsonRecord, listOf, numberOf, parseJson, recordOf, textOf } from '../json.ts';

export interface HealthReader {
  /** The health, and the JSON as it came. Throws Failure when no laptop answers. */
  read(): Promise<{ readonly health: Health; readonly raw: JsonRecord }>;
  close(): void;
}

const states: readonly Health['status'][] = ['ok', 'degraded', 'starting', 'stopping'];
const dials: readonly Health['freshness'][] = ['realtime', 'standard', 'economy'];

const parseStage = (value: JsonRecord): StageStatus => {
  const failed = value.lastError;
  const counts = Object.entries(recordOf(value.counts)).map(([word, count]) => [word, numberOf(count)]);
  return {
    name: textOf(value.name),
    resource: textOf(value.resource),
    queued: numberOf(value.queued),
    lagSeconds: numberOf(value.lagSeconds),
    counts: Object.fromEntries(counts),
    ...(isRecord(failed) ? { lastError: { at: textOf(failed.at), message: textOf(failed.message) } } : {}),
  };
};

/** undefined where the answer is not a laptop's. */
export const parseHealth = (value: unknown): Health | undefined => {
  if (!isRecord(value)) return undefined;
  const status = states.find((state) => state === value.status);
  if (status === undefined || !isRecord(value.resources)) return undefined;
  const resources = value.resources;
  return {
    status,
    stack: textOf(value.stack),
    freshness: dials.find((dial) => dial === value.freshness) ?? 'standard',
    lateAfterSeconds: numberOf(value.lateAfterSeconds),
    now: textOf(value.now),
    stages: listOf(value.stages).filter(isRecord).map(parseStage),
    resources: {
      stream: textOf(resources.stream),
      bucket: textOf(resources.bucket),
      queueUrl: textOf(resources.queueUrl),
      deadLetterQueueUrl: textOf(resources.deadLetterQueueUrl),
      workgroup: textOf(resources.workgroup),
      database: textOf(resources.database),
      collector: textOf(resources.collector),
      aws: textOf(resources.aws),
      data: textOf(resources.data),
    },
  };
};

/** Reads `GET /health` of the laptop at `url`; a degraded laptop may answer 503, with the same body. */
export const createHealthReader = (url: string): HealthReader => {
  const client = createHttpClient(1);
  return {
    read: async () => {
      const answer = await client
        .send(`${url}/health`, { method: 'GET', timeoutMs: 10_000 })
        .catch((error: unknown) => {
          throw isUnreachable(error) ? noLaptop(url) : new Failure(`${url} does not answer: ${messageOf(error)}`);
        });
      const raw = parseJson(answer.body);
      const health = parseHealth(raw);
      if (health === undefined || !isRecord(raw))
        throw new Failure(
          `what answers at ${url} is no laptop of Millrace (GET /health gave ${answer.status}): check --url`,
        );
      return { health, raw };
    },
    close: client.close,
  };
};

/** The same once. */
export const readHealth = async (url: string): Promise<{ readonly health: Health; readonly raw: JsonRecord }> => {
  const reader = createHealthReader(url);
  try {
    return await reader.read();
  } finally {
    reader.close();
  }
};
