import type { PutResult } from '#aws/firehose.ts';
import type { Random } from '#core/traffic/random.ts';
import type { Pipeline } from '#tests/house/operations/pipeline.ts';
import type { Account, Sent } from './account.ts';
import type { Faults } from './kinds.ts';

interface World {
  readonly pipeline: Pipeline;
  readonly faults: Faults;
  readonly random: Random;
  readonly account: Account;
  /** Where the stream keeps what it has taken. */
  readonly keep: (record: Uint8Array) => void;
}

/** Clients that post events, send them again when they are told to, and a collector that refuses, times out and dies. */
export const createClient = ({ pipeline, faults, random, account, keep }: World) => {
  let events = 0;
  const again: string[] = [];

  const newEvent = () => ({
    event_name: 'a',
    event_id: `e${events++}`,
    ...(random.chance(0.1) ? { event_time: 'yesterday' } : {}),
    // Two of these do not fit one envelope: a put of several records can be taken in part.
    ...(random.chance(faults.isActive('putInPart') ? 0.05 : 0)
      ? { pad: Array.from({ length: 9 }, () => 'x'.repeat(30_000)) }
      : {}),
  });
  const newBody = (count: number): string => JSON.stringify(Array.from({ length: count }, newEvent));

  /** Resolves with whether the collector answered that all is accepted; a collector that dies answers nothing. */
  const post = async (body: string): Promise<boolean> => {
    const death = Promise.withResolvers<undefined>();
    let told: readonly Sent[] = [];
    const put = async (records: readonly Uint8Array[]): Promise<PutResult> => {
      const sent = records.map((record) => account.note(record));
      const fate = fateOf(faults, random, records.length);
      for (const [at, record] of records.entries()) if (fate.kept(at)) keep(record);
      if (fate.dies) {
        death.resolve(undefined);
        return new Promise<never>(() => undefined);
      }
      if (fate.fails) throw new Error('the put timed out');
      const stored = records.map((_, at) => fate.told(at));
      told = sent.filter((_, at) => stored[at]);
      return { stored };
    };
    pipeline.setWorld({ put });
    const status = await Promise.race([pipeline.send(body), death.promise]);
    pipeline.setWorld({});
    if (status === undefined) pipeline.startProducer();
    if (status === 202) for (const each of told) each.acknowledged = true;
    return status === 202;
  };

  return {
    newBody,
    post,
    /** One client's request, and what it sends again of earlier ones. */
    visit: async (): Promise<void> => {
      const body = newBody(
        random.weighted([
          [8, random.integer(1, 5)],
          [1, 12],
        ]),
      );
      const isAccepted = await post(body);
      if (!isAccepted || faults.strikes('postTwice')) again.push(body);
      if (again.length > 0 && random.chance(0.5)) {
        const [old = body] = again.splice(random.integer(0, again.length - 1), 1);
        if (!(await post(old))) again.push(old);
      }
    },
  };
};

export type Client = ReturnType<typeof createClient>;

/** What becomes of one put. */
const fateOf = (faults: Faults, random: Random, records: number) => {
  const all = () => true;
  const none = () => false;
  const fate = { kept: all, told: all, fails: false, dies: false };
  if (faults.strikes('producerDies')) return { ...fate, kept: none, dies: true };
  if (faults.strikes('producerDiesAfterThePut')) return { ...fate, dies: true };
  if (faults.strikes('putRefused')) return { ...fate, kept: none, told: none };
  if (faults.strikes('putTimesOutStored')) return { ...fate, told: none, fails: random.chance(0.5) };
  if (faults.strikes('putTimesOutLost')) return { ...fate, kept: none, told: none, fails: random.chance(0.5) };
  if (records > 1 && faults.strikes('putInPart')) {
    const taken = new Set(Array.from({ length: records }, (_, at) => at).filter(() => random.chance(0.5)));
    const some = (at: number) => taken.has(at);
    return { ...fate, kept: some, told: some };
  }
  return fate;
};
