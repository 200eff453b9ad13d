import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateOf } from './operations/alarm.ts';
import { createPipeline, type Pipeline } from './operations/pipeline.ts';
import { alarmsOf, freshnesses, stackWith } from './operations/stacks.ts';

const minute = 60_000;
const hour = 60 * minute;
const stack = stackWith();
const ourAlarms = [...alarmsOf(stack)].filter(([, { metrics }]) =>
  metrics.some(({ namespace }) => namespace === 'Millrace/shop'),
);

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await createPipeline(stack);
});
afterEach(() => pipeline.stop());

/** Alarms on our own metrics that are on. */
const ringing = (): string[] => {
  const now = pipeline.clock.now();
  return ourAlarms.filter(([, alarm]) => stateOf(alarm, pipeline.emitted, now) === 'ALARM').map(([id]) => id);
};

const events = (count: number, event: object = { event_name: 'page_viewed' }): string =>
  JSON.stringify(Array.from({ length: count }, () => event));

/** Events from the door into the tables in half a minute. */
const deliver = async (body = events(1)): Promise<void> => {
  expect(await pipeline.send(body)).toBe(202);
  await pipeline.clock.advance(minute / 2);
  expect(await pipeline.load(await pipeline.land())).toEqual({ batchItemFailures: [] });
};

describe('alarms on our own metrics', () => {
  it('are these, each tried below', () => {
    const tried = [
      ...['Completeness', 'EnvelopesMissing', 'EventsMissing', 'Freshness'],
      ...['LoadsFailed', 'RecordsPutAside', 'RejectedShare'],
    ];
    expect(ourAlarms.map(([id]) => id).sort()).toEqual(tried.map((name) => `${name}Alarm`));
  });

  it('are silent while events come and are loaded', async () => {
    for (let round = 0; round < 10; round++) {
      await deliver(events(20));
      for (let check = 0; check < 4; check++) {
        await pipeline.clock.advance(5 * minute);
        await pipeline.reconcile();
      }
      expect(ringing()).toEqual([]);
    }
    const names = new Set(pipeline.emitted.map(({ name }) => name));
    expect([names.has('CompleteToAge'), names.has('EnvelopesMissing'), names.has('EventsMissing')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('go off when one event in ten is rejected, and not when it is one in a hundred', async () => {
    const bad = { event_name: 'page_viewed', event_time: 'yesterday' };
    await pipeline.send(events(99));
    await pipeline.send(events(1, bad));
    await pipeline.land();
    expect(ringing()).toEqual([]);
    await pipeline.send(events(10, bad));
    await pipeline.land();
    expect(ringing()).toEqual(['RejectedShareAlarm']);
  });

  it('go off when everything is rejected', async () => {
    await pipeline.send(events(5, { event_name: 'page_viewed', event_time: 'yesterday' }));
    await pipeline.land();
    expect(ringing()).toEqual(['RejectedShareAlarm']);
  });

  it('go off when a record comes back from the transformer as it was', async () => {
    await pipeline.send(JSON.stringify({ event_name: 'page_viewed', note: 'x'.repeat(2000) }));
    pipeline.setWorld({ responseBytes: 1024 });
    await pipeline.land();
    expect(ringing()).toEqual(['RecordsPutAsideAlarm']);
  });

  it.each(['refused', 'unreachable', 'unfinished'] as const)(
    'go off when loads are %s again and again, and not for one',
    async (load) => {
      await pipeline.send(events(1));
      const key = await pipeline.land();
      pipeline.setWorld({ load });
      await pipeline.load(key).catch(() => undefined);
      expect(ringing()).toEqual([]);
      // The queue brings it again when its visibility timeout is over.
      await pipeline.clock.advance(12 * minute);
      await pipeline.load(key).catch(() => undefined);
      expect(ringing()).toEqual(['LoadsFailedAlarm']);
    },
  );

  it('go off when one object that Redshift refuses is tried again and again', async () => {
    pipeline.onStream.push(Buffer.from('{"event_name":"page_viewed"}'));
    const [good, bad] = [await pipeline.land(), pipeline.putBroken()];
    expect(await pipeline.load(good, bad)).toEqual({ batchItemFailures: [{ itemIdentifier: bad }] });
    await pipeline.clock.advance(12 * minute);
    await pipeline.load(bad);
    expect(ringing()).toEqual(['LoadsFailedAlarm']);
  });

  it.each(freshnesses)(
    'with the dial at %s go off past three times its promise, and not within it',
    async (Freshness) => {
      const freshness = alarmsOf(stackWith({ Freshness })).get('FreshnessAlarm');
      const promise = { realtime: 20, standard: 300, economy: 1200 }[Freshness];
      const isLate = (): boolean | undefined =>
        freshness && stateOf(freshness, pipeline.emitted, pipeline.clock.now()) === 'ALARM';
      /** An old event and a new one in one load: the old one is who was promised more. */
      const loadAfter = async (seconds: number): Promise<void> => {
        await pipeline.send(events(1));
        const old = await pipeline.land();
        await pipeline.clock.advance(seconds * 1000);
        await pipeline.send(events(1));
        await pipeline.load(old, await pipeline.land());
      };
      await loadAfter(promise);
      expect(isLate()).toBe(false);
      await pipeline.clock.advance(hour);
      await loadAfter(3 * promise + 10);
      expect(isLate()).toBe(true);
    },
  );

  it('are not set off by one late object beside loads in time', async () => {
    await pipeline.send(events(1));
    const late = await pipeline.land();
    await pipeline.clock.advance(hour);
    await pipeline.load(late);
    await deliver();
    expect(ringing()).toEqual([]);
  });
});

describe('the alarms for what is missing', () => {
  /** Takes envelopes off the stream before the transformer sees them. */
  const lose = (at: number): Uint8Array => pipeline.onStream.splice(at, 1)[0] ?? new Uint8Array();

  const missingAlarms = async (): Promise<readonly string[]> => {
    await deliver();
    await pipeline.clock.advance(minute / 2);
    await pipeline.reconcile();
    return ringing().filter((id) => id.includes('Missing'));
  };
  const latest = (metric: string): number | undefined =>
    pipeline.emitted.findLast(({ name }) => name === metric)?.value;

  it.each([
    ['the first of a producer', 0],
    ['one in the middle', 2],
  ])('go off when %s was accepted and is lost, once it cannot be under way any more', async (_, at) => {
    for (let number = 0; number < 5; number++) await pipeline.send(events(3));
    lose(at);
    await pipeline.load(await pipeline.land());
    await pipeline.clock.advance(hour);
    expect(await missingAlarms()).toEqual([]);
    await pipeline.clock.advance(1.5 * hour);
    expect(await missingAlarms()).toEqual(['EnvelopesMissingAlarm', 'EventsMissingAlarm']);
    expect([latest('EnvelopesMissing'), latest('EventsMissing')]).toEqual([1, 3]);
  });

  it('go off for the last envelope of a producer that ended, by the events alone', async () => {
    for (let number = 0; number < 3; number++) await pipeline.send(events(3));
    lose(2);
    await pipeline.load(await pipeline.land());
    pipeline.startProducer();
    await pipeline.clock.advance(2.5 * hour);
    expect(await missingAlarms()).toEqual(['EventsMissingAlarm']);
    expect(latest('EventsMissing')).toBe(3);
  });

  it('are silent when what was missing comes late', async () => {
    for (let number = 0; number < 5; number++) await pipeline.send(events(3));
    const late = lose(2);
    await pipeline.load(await pipeline.land());
    await pipeline.clock.advance(hour);
    await pipeline.reconcile();
    pipeline.onStream.push(late);
    await pipeline.load(await pipeline.land());
    await pipeline.clock.advance(2 * hour);
    expect(await missingAlarms()).toEqual([]);
  });

  it('are silent when the stream refused an envelope: its client was told, and its number is void', async () => {
    await pipeline.send(events(3));
    pipeline.setWorld({ streamTakes: false });
    expect(await pipeline.send(events(3))).toBe(503);
    pipeline.setWorld({});
    for (let number = 0; number < 3; number++) expect(await pipeline.send(events(3))).toBe(202);
    await pipeline.load(await pipeline.land());
    await pipeline.clock.advance(3 * hour);
    expect(await missingAlarms()).toEqual([]);
  });

  it('are silent about numbers of yesterday before a producer that still runs', async () => {
    for (let number = 0; number < 3; number++) await pipeline.send(events(1));
    await pipeline.load(await pipeline.land());
    await pipeline.clock.advance(27 * hour);
    await deliver();
    await pipeline.clock.advance(3 * hour);
    expect(await missingAlarms()).toEqual([]);
  });

  it('count each producer by itself', async () => {
    for (let number = 0; number < 4; number++) await pipeline.send(events(1));
    pipeline.startProducer();
    for (let number = 0; number < 4; number++) await pipeline.send(events(1));
    lose(5);
    lose(1);
    await pipeline.load(await pipeline.land());
    await pipeline.clock.advance(3 * hour);
    await missingAlarms();
    expect(latest('EnvelopesMissing')).toBe(2);
  });
});

describe('the alarm for completeness', () => {
  it('goes off when what was accepted does not come, and is over when it has come', async () => {
    await pipeline.send(events(3));
    for (let check = 0; check < 24; check++) {
      await pipeline.clock.advance(5 * minute);
      await pipeline.reconcile();
    }
    expect(ringing()).toContain('CompletenessAlarm');
    await pipeline.load(await pipeline.land());
    for (let check = 0; check < 13; check++) {
      await deliver();
      await pipeline.clock.advance(5 * minute);
      await pipeline.reconcile();
    }
    expect(ringing()).not.toContain('CompletenessAlarm');
  });
});
