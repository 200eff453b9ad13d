import { replayFailed } from '#cli/replay/failed.ts';
import { createRandom } from '#core/traffic/random.ts';
import { createPipeline, type Pipeline } from '#tests/house/operations/pipeline.ts';
import { stackWith } from '#tests/house/operations/stacks.ts';
import { createAccount } from './account.ts';
import { createClient } from './client.ts';
import { createDelivery } from './delivery.ts';
import { createFaults } from './kinds.ts';
import { createQueue } from './queue.ts';
import { createWatch } from './watch.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Minutes in which things go wrong. */
const activeMinutes = 30;

/** One seed's world, from its first event until all that can be mended is mended. The same seed gives the same run. */
export const createRun = async (seed: number) => {
  const random = createRandom(`faults ${seed}`);
  const faults = createFaults(random);
  const ids = createRandom(`ids ${seed}`);
  const pipeline: Pipeline = await createPipeline(stackWith({ Freshness: 'standard' }), {
    random: (bytes) => Buffer.from(ids.hex(bytes * 2), 'hex'),
    // A conflict is over when it is tried again.
    pause: async () => {
      pipeline.setWorld({});
      return true;
    },
  });
  const account = createAccount();
  const queue = createQueue({ pipeline, faults, random });
  const delivery = createDelivery({ pipeline, faults, random, account, notify: queue.notify });
  const client = createClient({ pipeline, faults, random, account, keep: delivery.keep });
  const watch = createWatch(pipeline, account, faults);

  /** Lets minutes pass, in steps, with what happens in each. */
  const pass = async (minutes: number, step = 1): Promise<void> => {
    for (let passed = 0; passed < minutes; passed += step) {
      await pipeline.clock.advance(step * minute);
      await delivery.flush();
      await queue.drain();
      await watch.check();
    }
  };
  const replay = async (all: boolean): Promise<void> => {
    const stream = {
      put: async (records: readonly Uint8Array[]) => {
        for (const record of records) delivery.keep(record, true);
        return { stored: records.map(() => true) };
      },
    };
    const stop = { asked: () => false, release: () => undefined };
    const settings = { since: undefined, all, isDry: false, stop, tell: () => undefined };
    await replayFailed({ ...pipeline.parts, stream }, settings);
  };
  const beginWithADayOfRest = async (): Promise<void> => {
    const body = client.newBody(3);
    await client.post(body);
    await pass(4);
    await pipeline.clock.advance(24 * hour);
    await client.post(body);
  };
  const live = async (): Promise<void> => {
    for (let passed = 0; passed < activeMinutes; passed += 1) {
      const start = pipeline.clock.now();
      for (let requests = random.integer(0, 5); requests > 0; requests -= 1) {
        await pipeline.clock.advance(random.integer(0, 12_000));
        await client.visit();
      }
      await pipeline.clock.advance(Math.max(0, start + minute - pipeline.clock.now()));
      if (random.chance(0.15)) await delivery.flush();
      await queue.drain();
      await watch.check();
    }
  };
  const mend = async (): Promise<void> => {
    const isReplayedTwice = faults.strikes('replayedTwice');
    faults.end();
    delivery.repair();
    queue.redrive();
    await replay(false);
    // The collector tells of its last void numbers, twice.
    for (let requests = 0; requests < 4; requests += 1) {
      await pipeline.clock.advance(1000);
      await client.post(client.newBody(1));
    }
    await pass(3);
    if (isReplayedTwice) await replay(true);
    await pass(20, 5);
    await pass(160, 10);
    queue.redrive();
    await pass(30, 10);
    await pass(150, 15);
  };
  return {
    pipeline,
    account,
    faults,
    watch,
    queue,
    delivery,
    client,
    pass,
    go: async (): Promise<void> => {
      if (faults.strikes('eventADayLater')) await beginWithADayOfRest();
      await live();
      await mend();
    },
  };
};

export type Run = Awaited<ReturnType<typeof createRun>>;
