import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Store } from '../store.ts';
import { createTimers } from '../timers.ts';
import { queueDoesNotExist } from './errors.ts';
import type { Message } from './message.ts';
import { createQueue, QUEUE_SCHEMA, type Queue, type QueueSettings, type ReceiveOptions } from './queue.ts';

export interface Sqs {
  createQueue(settings: QueueSettings): Queue;
  queues(): readonly Queue[];
  /** Throws QueueDoesNotExist. */
  queueByArn(arn: string): Queue;
  /** Takes any host in front of the account and the name, or the name alone. Throws QueueDoesNotExist. */
  queueByUrl(url: string): Queue;
  /** Waits up to `waitSeconds` for a first message, then takes what is there. */
  receiveWaiting(queue: Queue, waitSeconds: number, options: ReceiveOptions): Promise<readonly Message[]>;
  /** Ends at once, as a crash would; who waits for messages gets none. */
  stop(): void;
}

/** Standard queues. Messages in flight when the process ended are visible again. */
export const createSqs = ({
  store,
  clock,
  random,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}): Sqs => {
  store.exec(QUEUE_SCHEMA);
  const now = clock.now();
  store.prepare('UPDATE sqs_message SET visible_at = ? WHERE receipt IS NOT NULL AND visible_at > ?').run(now, now);
  const timers = createTimers(clock);
  const queues = new Map<string, ReturnType<typeof createQueue>>();
  const waiting = new Set<() => void>();

  const byName = (name: string): Queue => {
    const queue = queues.get(name);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  };

  const receiveWaiting: Sqs['receiveWaiting'] = (queue, waitSeconds, options) => {
    const first = queue.receive(options);
    if (first.length > 0 || waitSeconds === 0) return Promise.resolve(first);
    const deadline = clock.now() + waitSeconds * 1_000;
    return new Promise((resolve, reject) => {
      let cancelTimer = (): void => {};
      const end = (): void => {
        cancelTimer();
        forget();
        waiting.delete(giveUp);
      };
      const finish = (messages: readonly Message[]): void => {
        end();
        resolve(messages);
      };
      const giveUp = (): void => finish([]);
      const look = (): void => {
        try {
          lookOnce();
        } catch (error) {
          end();
          reject(error);
        }
      };
      const lookOnce = (): void => {
        cancelTimer();
        const messages = queue.receive(options);
        if (messages.length > 0 || clock.now() >= deadline) {
          finish(messages);
          return;
        }
        const until = Math.min(deadline, queue.nextVisibleAt() ?? deadline);
        cancelTimer = timers.after(until - clock.now(), look);
      };
      const forget = queue.onMessages(look);
      waiting.add(giveUp);
      look();
    });
  };

  return {
    receiveWaiting,
    createQueue: (settings) => {
      if (queues.has(settings.name)) throw new Error(`Queue ${settings.name} exists already.`);
      const onDeadLetters = (arn: string): void => {
        for (const queue of queues.values()) if (queue.settings.arn === arn) queue.wake();
      };
      const queue = createQueue({ store, clock, random, settings, onDeadLetters });
      queues.set(settings.name, queue);
      return queue;
    },
    queues: () => [...queues.values()],
    queueByArn: (arn) => {
      const queue = [...queues.values()].find(({ settings }) => settings.arn === arn);
      if (queue === undefined) throw queueDoesNotExist();
      return queue;
    },
    queueByUrl: (url) => byName(url.slice(url.lastIndexOf('/') + 1)),
    stop: () => {
      timers.stop();
      for (const giveUp of [...waiting]) giveUp();
    },
  };
};
