import { describe, expect, it } from 'vitest';
import { type Kind, kinds } from './faults/kinds.ts';
import { createRun, type Run } from './faults/run.ts';
import { verify } from './faults/verify.ts';

/** FAULT_SEEDS=300 runs that many, FAULT_FIRST=412 begins at that one. Those of the suite meet every fault. */
const seeds = Number(process.env.FAULT_SEEDS ?? 12);
const first = Number(process.env.FAULT_FIRST ?? 190);

/** What a seed's run did, for another of the same seed to be compared with. */
const traceOf = async ({ pipeline, account, faults }: Run): Promise<unknown> => [
  [...faults.struck],
  [...account.sent.values()],
  await pipeline.rows('SELECT * FROM millrace.reconciliations ORDER BY checked_at'),
];

const runSeed = async (seed: number) => {
  const run = await createRun(seed);
  try {
    await run.go();
    await verify(run);
    return { struck: run.faults.struck, trace: await traceOf(run) };
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await run.pipeline.stop();
  }
};

describe('whatever goes wrong between a client and the tables', () => {
  const struck = new Map<Kind, number>();
  const timeout = 60_000;

  it.each(Array.from({ length: seeds }, (_, at) => first + at))(
    'each accepted event is in them once, or is shown to be missing: seed %i',
    { timeout },
    async (seed) => {
      for (const [kind, times] of (await runSeed(seed)).struck) struck.set(kind, (struck.get(kind) ?? 0) + times);
    },
  );

  it('everything that can go wrong has gone wrong', () => {
    expect(kinds.filter((kind) => !struck.has(kind))).toEqual([]);
  });

  it('a seed makes the same run each time', { timeout }, async () => {
    const [one, other] = [await runSeed(first), await runSeed(first)];
    expect(one.trace).toEqual(other.trace);
  });
});
