import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEnvelope } from '#core/envelope.ts';
import { createHandler } from '#functions/producer/handler.ts';
import { createNumbering, type NumberedRequest } from '#functions/producer/numbering.ts';
import { count, derive, expectExact, type Fate, fates, landed, lostOf, type Sent } from './batch-rows.ts';
import { context, httpRequest, quietLog, quietMeter } from './support.ts';

const requestsOf = (...among: readonly Fate[]) =>
  fc.array(
    fc.record({
      envelopes: fc.array(fc.record({ events: fc.integer({ min: 1, max: 4 }), fate: fc.constantFrom(...among) }), {
        minLength: 1,
        maxLength: 4,
      }),
      isKilled: fc.boolean(),
      /** Requests that begin before this one ends. */
      overlap: fc.nat(3),
    }),
    { maxLength: 25 },
  );
const anyRequests = requestsOf('stored', 'lostLater', 'refused', 'timedOutButStored');
type Request = (typeof anyRequests extends fc.Arbitrary<infer Value> ? Value : never)[number];
const oneByOne = (list: readonly Request[]): Request[] => list.map((request) => ({ ...request, overlap: 0 }));
const quietRequest: Request = { envelopes: [{ events: 1, fate: 'stored' }], isKilled: false, overlap: 0 };
/** A void range is told again after at most as many requests as there have been. */
const quietEnd = (length: number): Request[] => Array.from({ length: length + 3 }, () => quietRequest);

/** Requests through the numbering alone: of several envelopes each, and, where they overlap, at once. */
const createProducer = () => {
  const numbering = createNumbering();
  const sent: Sent[] = [];
  const texts: string[] = [];
  const underWay: { endsAt: number; end: () => void }[] = [];

  const begin = (request: Request): (() => void) => {
    const numbered: NumberedRequest = numbering.begin();
    const own = request.envelopes.map(({ events, fate }): Sent => {
      const isAcknowledged = fates[fate].said && !request.isKilled;
      const seq = numbered.takeNumber();
      return { seq, events, acknowledgedBefore: numbered.acknowledged, isAcknowledged, lands: fates[fate].lands };
    });
    sent.push(...own);
    for (const { seq, events } of own.filter(({ lands }) => lands))
      texts.push(toEnvelope({ ...arrival, ...numbered }, seq, Array(events).fill('{"event_name":"a"}')));
    const stored = own.filter(({ isAcknowledged }) => isAcknowledged);
    return () =>
      numbered.settle(
        stored.map(({ seq }) => seq),
        count(stored.map(({ events }) => events)),
      );
  };

  return {
    run: (list: readonly Request[]) => {
      list.forEach((request, at) => {
        underWay.push({ endsAt: at + request.overlap, end: begin(request) });
        for (const each of underWay.filter(({ endsAt }) => endsAt <= at)) each.end();
        underWay.splice(0, underWay.length, ...underWay.filter(({ endsAt }) => endsAt > at));
      });
      for (const { end } of underWay.splice(0)) end();
    },
    sent,
    rows: () => landed(texts),
  };
};

const arrival = {
  producer: '0199aa00-0000-7000-8000-000000000000',
  receivedAt: '2026-11-22T10:00:00.123Z',
  source: 'web',
  protocol: 'native',
  client: {},
} as const;

describe('the batch rows of a producer', () => {
  it('show exactly the acknowledged envelopes that were lost, whatever became of the others', () => {
    fc.assert(
      fc.property(anyRequests, (list) => {
        const producer = createProducer();
        producer.run([...oneByOne(list), ...quietEnd(list.length)]);
        expectExact(producer.sent, producer.rows());
      }),
    );
  });

  it('show at any moment every loss that an envelope follows, and call no acknowledged number void', () => {
    fc.assert(
      fc.property(anyRequests, (list) => {
        const producer = createProducer();
        producer.run(list);
        const { missingNumbers, isVoid } = derive(producer.rows());
        const last = Math.max(-1, ...producer.sent.filter(({ lands }) => lands).map(({ seq }) => seq));
        const followed = lostOf(producer.sent).filter(({ seq }) => seq < last);
        expect(missingNumbers).toEqual(expect.arrayContaining(followed.map(({ seq }) => seq)));
        expect(producer.sent.filter(({ seq, isAcknowledged }) => isAcknowledged && isVoid(seq))).toEqual([]);
      }),
    );
  });

  it('show nothing at any moment where nothing acknowledged is lost', () => {
    fc.assert(
      fc.property(requestsOf('stored', 'refused', 'timedOutButStored'), (list) => {
        const producer = createProducer();
        producer.run(oneByOne(list));
        const { settledNumbers, missingEvents } = derive(producer.rows());
        expect(settledNumbers).toEqual([]);
        expect(missingEvents.filter(({ missing }) => missing !== 0)).toEqual([]);
      }),
    );
  });

  it('are exact in their sum where requests overlap', () => {
    fc.assert(
      fc.property(anyRequests, (list) => {
        const producer = createProducer();
        producer.run(list);
        producer.run(quietEnd(list.length));
        const { missingNumbers, missingEvents } = derive(producer.rows());
        const lost = lostOf(producer.sent);
        expect(missingNumbers).toEqual(lost.map(({ seq }) => seq));
        expect(count(missingEvents.map(({ missing }) => missing))).toBe(count(lost.map(({ events }) => events)));
      }),
    );
  });
});

describe('the producer', () => {
  /** The stream dies, before or after it has the record, so that the handler never hears of it. */
  const deaths = { diesBefore: { lands: false }, diesAfter: { lands: true } } as const;

  it('numbers so that its answers and the batch rows agree, whatever the stream does', async () => {
    const fate = fc.constantFrom<Fate | keyof typeof deaths>(
      ...(['stored', 'lostLater', 'refused', 'timedOutButStored', 'diesBefore', 'diesAfter'] as const),
    );
    const request = fc.record({ events: fc.integer({ min: 1, max: 4 }), fate });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 25 }), async (list) => {
        const texts: Uint8Array[] = [];
        const sent: Sent[] = [];
        let current: (typeof list)[number] = { events: 1, fate: 'stored' };
        const handle = createHandler({
          stream: {
            put: async (records) => {
              const isDeath = current.fate === 'diesBefore' || current.fate === 'diesAfter';
              const { lands } = { ...fates, ...deaths }[current.fate];
              if (lands) texts.push(...records);
              for (const record of records) {
                const { seq, acknowledged } = JSON.parse(Buffer.from(record).toString()).batch;
                sent.push({
                  seq,
                  events: current.events,
                  acknowledgedBefore: acknowledged,
                  isAcknowledged: false,
                  lands,
                });
              }
              if (isDeath) throw new Error('the connection is gone');
              return { stored: records.map(() => current.fate === 'stored' || current.fate === 'lostLater') };
            },
          },
          readWriteKey: async () => '{"write_key":"k"}',
          sourceName: 'shop',
          clock: Date.now,
          random: randomBytes,
          logger: quietLog,
          metrics: quietMeter,
        });
        const quiet = Array.from({ length: list.length + 3 }, () => ({ events: 1, fate: 'stored' as const }));
        for (current of [...list, ...quiet]) {
          const body = JSON.stringify(Array(current.events).fill({ event_name: 'a' }));
          const { statusCode } = await handle(httpRequest(body, { 'x-write-key': 'k' }), context());
          const last = sent.pop();
          if (last !== undefined) sent.push({ ...last, isAcknowledged: statusCode === 202 });
        }
        expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, at) => at));
        expectExact(sent, landed(texts));
      }),
      { numRuns: 50 },
    );
  });
});
