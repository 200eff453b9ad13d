import { toLandedNotice } from '#core/landed-notice.ts';
import type { Random } from '#core/traffic/random.ts';
import type { World as Fate, Pipeline } from '#tests/house/operations/pipeline.ts';
import type { Faults } from './kinds.ts';
import { shuffle } from './shuffle.ts';

const minute = 60_000;

/** Of the landed queue (template.yaml): so long a message that was not deleted is hidden, and so often it is given. */
const hiddenMs = 13 * minute;
const receives = 5;

interface Message {
  readonly id: string;
  readonly body: string;
  readonly visibleAt: number;
  readonly received: number;
}

interface World {
  readonly pipeline: Pipeline;
  readonly faults: Faults;
  readonly random: Random;
}

/** The queue of what landed, and the loaders that it invokes. */
export const createQueue = ({ pipeline, faults, random }: World) => {
  const { clock, lake } = pipeline;
  let messages: Message[] = [];
  let deadLetters: Message[] = [];
  let sent = 0;

  const send = (body: string): void => {
    messages.push({ id: `m${sent++}`, body, visibleAt: clock.now(), received: 0 });
  };

  /** Gives the messages that a loader did not finish back; what no loader could finish is a dead letter. */
  const giveBack = (batch: readonly Message[]): void => {
    for (const message of batch) {
      const next = { ...message, visibleAt: clock.now() + hiddenMs, received: message.received + 1 };
      if (next.received < receives) messages.push(next);
      else deadLetters.push(next);
    }
  };

  const invoke = async (batch: readonly Message[], isKilled: boolean): Promise<void> => {
    try {
      const { batchItemFailures } = await pipeline.deliver(batch);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      giveBack(batch.filter(({ id }) => isKilled || failed.has(id)));
    } catch {
      giveBack(batch);
    }
  };

  const toFate = (): Fate['load'] => {
    if (faults.strikes('loaderDiesBeforeSubmitting')) return 'unreachable';
    if (faults.strikes('loaderDiesAfterSubmitting')) return 'killed';
    if (faults.strikes('loadLeftRunning')) return 'left';
    if (faults.strikes('loadRefused')) return 'refused';
    return faults.strikes('loadConflicts') ? 'conflict' : undefined;
  };

  return {
    send,
    /** S3 tells of an object. */
    notify: (key: string): void => {
      if (faults.strikes('noticeLost')) return;
      const { etag = '0'.repeat(32), size = 1 } = lake.fileOf('lake', key) ?? {};
      const body = toLandedNotice('lake', [{ key, etag, bytes: size, lastModified: clock.now() }]);
      send(body);
      if (faults.strikes('noticeTwice')) send(body);
    },
    /** Invokes loaders with what is visible, as the event source mapping does. */
    drain: async (): Promise<void> => {
      for (const body of pipeline.requeued.splice(0)) send(body);
      const isVisible = ({ visibleAt }: Message): boolean => visibleAt <= clock.now();
      let visible = messages.filter(isVisible);
      messages = messages.filter((message) => !isVisible(message));
      if (faults.strikes('noticesReordered')) visible = shuffle(random, visible);
      while (visible.length > 0) {
        const batch = visible.splice(0, random.integer(1, 10));
        const load = toFate();
        pipeline.setWorld(load === undefined ? {} : { load });
        const isKilled = faults.strikes('loaderDiesBeforeAcknowledging');
        const others = faults.strikes('twoLoaders') ? toOthers(random, batch, visible) : [];
        const second = others.length > 0 ? pipeline.deliver(others) : undefined;
        await Promise.all([invoke(batch, isKilled), second?.catch(() => undefined)]);
        pipeline.setWorld({});
      }
    },
    waiting: (): number => messages.length,
    deadLetters: (): number => deadLetters.length,
    /** An operator puts dead letters back. */
    redrive: (): void => {
      for (const { body } of deadLetters) send(body);
      deadLetters = [];
    },
  };
};

/** What a second loader is given at the same time: the same objects, some of them, or others besides. */
const toOthers = (random: Random, batch: readonly Message[], visible: readonly Message[]): Message[] => [
  ...batch.filter(() => random.chance(0.7)),
  ...visible.slice(0, 3),
];
