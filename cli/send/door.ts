import { Failure } from '../errors.ts';
import { createSender, type SenderSettings } from '../simulate/sender.ts';
import type { OpenStack } from '../stack/open.ts';
import { readWriteKey } from '../stack/write-key.ts';
import type { Event } from './event.ts';

/** Where an event goes and with which key. */
export type Door = Omit<SenderSettings, 'concurrency'>;

/** A stack's collector, with the key of its secret. */
export const doorOf = async (stack: OpenStack): Promise<Door> => {
  const { collector, writeKeySecretArn } = stack.names;
  return {
    collector,
    writeKey: await readWriteKey(stack),
    unknownKey: (status) =>
      `the collector does not know the write key of the secret ${writeKeySecretArn} (${status}): a key that was just changed is known after a minute`,
  };
};

/** Resolves once the collector has accepted the event. Throws Failure with its reason when it does not. */
export const deliver = async (door: Door, event: Event): Promise<void> => {
  const sender = createSender({ ...door, concurrency: 1 });
  try {
    const [refused] = (await sender.send([event.text])).rejected;
    if (refused !== undefined)
      throw new Failure(`the collector refused the event: ${refused.message} (${refused.code})`);
  } finally {
    sender.close();
  }
};
