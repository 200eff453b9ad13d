import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Health } from '#core/status.ts';
import { createFakeWarehouse, type FakeWarehouse } from './fake-warehouse.ts';

/** Ways in which this laptop fails its client. */
export interface Faults {
  /** The first request of the collector is answered 503. */
  readonly unavailableOnce?: boolean;
  /** The first request is answered, but its second event with `stream_unavailable`. */
  readonly partlyOnce?: boolean;
  /** So many accepted events never arrive. */
  readonly loses?: number;
  /** The first event arrives twice. */
  readonly doubles?: boolean;
  readonly status?: Health['status'];
  /** Events without a name that is text are refused at the door already. */
  readonly strictDoor?: boolean;
}

export interface FakeLaptop {
  readonly url: string;
  readonly warehouse: FakeWarehouse;
  /** Requests to the collector, answered in whatever way. */
  requests(): number;
  close(): Promise<void>;
}

const isEvent = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const listen = async (server: http.Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
};

const healthOf = (url: string, status: Health['status']): Health => ({
  status,
  stack: 'millrace-local',
  freshness: 'realtime',
  lateAfterSeconds: 15,
  now: '2026-11-22T10:00:30.000Z',
  stages: [
    { name: 'queue', resource: 'millrace-landed', queued: 0, lagSeconds: 0, counts: { messages: 12 } },
    {
      name: 'producer',
      resource: 'millrace-producer',
      queued: 3,
      lagSeconds: 1.25,
      counts: { requests: 412, events: 41_200 },
      lastError: { at: '2026-11-22T10:00:00.000Z', message: 'stream throttled\u001b[31m' },
    },
  ],
  resources: {
    stream: 'millrace-local',
    bucket: 'millrace-lake-local',
    queueUrl: `${url}/000000000000/landed`,
    deadLetterQueueUrl: `${url}/000000000000/dead`,
    workgroup: 'millrace',
    database: 'millrace',
    collector: url,
    aws: url,
    data: '/tmp/none',
  },
});

/** Collector, health and Redshift Data API on one port, with as much behaviour as the command line can see. */
export const createFakeLaptop = async (faults: Faults = {}): Promise<FakeLaptop> => {
  const warehouse = createFakeWarehouse();
  let requests = 0;
  let toLose = faults.loses ?? 0;

  const collect = (body: string): { status: number; headers?: Record<string, string>; answer: unknown } => {
    requests += 1;
    if (faults.unavailableOnce === true && requests === 1) {
      return { status: 503, headers: { 'retry-after': '0' }, answer: { message: 'the stream is unavailable' } };
    }
    const events: unknown = JSON.parse(body);
    const rejected: unknown[] = [];
    let accepted = 0;
    for (const [index, event] of (Array.isArray(events) ? events : [events]).entries()) {
      if (!isEvent(event)) rejected.push({ index, code: 'not_object', message: 'the event is not a JSON object' });
      else if (faults.strictDoor === true && typeof event.event_name !== 'string')
        rejected.push({ index, code: 'missing_name', message: 'event_name is missing or not a text' });
      else if (faults.partlyOnce === true && requests === 1 && index === 1)
        rejected.push({ index, code: 'stream_unavailable', message: 'send it again' });
      else {
        accepted += 1;
        if (toLose > 0) toLose -= 1;
        else warehouse.load(event, faults.doubles === true && accepted === 1 && requests === 1);
      }
    }
    return { status: accepted === 0 ? 400 : 202, answer: { accepted, rejected } };
  };

  const server = http.createServer(async (request, response) => {
    const body = await text(request);
    const reply = (status: number, answer: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(answer));
    };
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.startsWith('RedshiftData.'))
      return reply(200, warehouse.answer(target.slice('RedshiftData.'.length), JSON.parse(body)));
    if (request.url === '/health') return reply(200, healthOf(url, faults.status ?? 'ok'));
    if (request.headers['x-write-key'] !== 'local-write-key') return reply(401, { message: 'unknown write key' });
    const { status, headers, answer } = collect(body);
    reply(status, answer, headers);
  });
  const url = await listen(server);
  return {
    url,
    warehouse,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
