import { Failure } from '../errors.ts';
import { atLaptop, createWarehouse } from '../query/warehouse.ts';
import type { Output } from '../surroundings.ts';
import { createDrainWatch } from './drain.ts';
import { type EventRow, findEventRow, type RunQuery } from './event-row.ts';
import type { HealthReader } from './health.ts';
import { waitFor } from './wait.ts';

export interface LaptopWait {
  readonly reader: HealthReader;
  /** undefined: as long as the laptop calls late at its dial, and a minute. */
  readonly timeoutMs: number | undefined;
  readonly err: Output | undefined;
}

const betweenMs = 400;
const workMs = 60_000;
const hint = 'millrace status shows the stages; --timeout allows more';

const timeoutOf = async ({ reader, timeoutMs }: LaptopWait): Promise<number> =>
  timeoutMs ?? (await reader.read()).health.lateAfterSeconds * 1000 + workMs;

/** Waits until what was accepted before now is in the tables. Resolves with the seconds it took. */
export const awaitAccepted = async (wait: LaptopWait): Promise<number> => {
  const timeoutMs = await timeoutOf(wait);
  const isDrained = createDrainWatch(Date.now());
  const look = async () => {
    const { health } = await wait.reader.read();
    if (isDrained(health, Date.now())) {
      const dead = health.stages.find(({ name }) => name === 'queue')?.counts.dead_letters ?? 0;
      if (dead > 0)
        throw new Failure(
          `${dead} objects could not be loaded and are in the dead-letter queue: millrace.load_errors says why`,
        );
      return { done: true } as const;
    }
    const busy = health.stages.filter(({ queued }) => queued > 0).map(({ name }) => name);
    return { done: false, awaits: busy.length === 0 ? 'the stages to stay empty' : busy.join(', ') } as const;
  };
  return waitFor({ look, betweenMs, timeoutMs, err: wait.err, hint });
};

/** Waits until an event is a row. */
export const awaitEvent = async (wait: LaptopWait, eventId: string): Promise<EventRow> => {
  const timeoutMs = await timeoutOf(wait);
  const { health } = await wait.reader.read();
  const warehouse = await createWarehouse(atLaptop(health.resources));
  const run: RunQuery = async (sql) => {
    const rows: (readonly unknown[])[] = [];
    for await (const page of (await warehouse.run(sql)).pages()) rows.push(...page);
    return rows;
  };
  let row: EventRow | undefined;
  const look = async () => {
    row = await findEventRow(run, eventId);
    return row === undefined ? ({ done: false, awaits: `event ${eventId}` } as const) : ({ done: true } as const);
  };
  try {
    await waitFor({ look, betweenMs, timeoutMs, err: wait.err, hint });
  } finally {
    warehouse.close();
  }
  if (row === undefined) throw new Failure(`event ${eventId} is no row`);
  return row;
};
