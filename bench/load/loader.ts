import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Laptop, StoredObject } from './laptop.ts';
import type { Invocation } from './loader-process.ts';

export interface Loader {
  /** One invocation with a notification of each object. Throws when an object was not loaded. */
  load(objects: readonly StoredObject[]): Promise<Invocation>;
  /** The same, telling of failures instead of throwing. */
  tryLoad(objects: readonly StoredObject[]): Promise<Invocation>;
  stop(): void;
}

/** The real loader, bundled as it is deployed, in a process of its own, over the wire of this laptop. */
export const startLoader = async ({ loaderBundle, loaderEnvironment }: Laptop): Promise<Loader> => {
  const child = fork(fileURLToPath(new URL('./loader-process.ts', import.meta.url)), [loaderBundle], {
    env: { ...loaderEnvironment },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Its log goes nowhere, its errors are shown.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const kill = (): void => void child.kill();
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const next = <Message>(): Promise<Message> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`the loader ended with code ${code}`));
      child.once('exit', ended);
      child.once('message', (message: Message) => {
        child.off('exit', ended);
        resolve(message);
      });
    });
  await next();
  const tryLoad = (objects: readonly StoredObject[]): Promise<Invocation> => {
    child.send(toSqsEvent(objects));
    return next();
  };
  return {
    tryLoad,
    async load(objects) {
      const invocation = await tryLoad(objects);
      if (invocation.failures > 0 || invocation.error !== undefined)
        throw new Error(`${invocation.failures} of ${objects.length} objects not loaded: ${invocation.error ?? ''}`);
      return invocation;
    },
    stop: kill,
  };
};

const toSqsEvent = (objects: readonly StoredObject[]) => ({
  Records: objects.map((object, at) => ({
    messageId: `message-${at}`,
    receiptHandle: `receipt-${at}`,
    body: JSON.stringify({ Records: [toNotice(object)] }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:landed',
    awsRegion: 'us-east-1',
  })),
});

const toNotice = ({ bucket, key, etag, bytes }: StoredObject) => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'us-east-1',
  eventTime: new Date().toISOString(),
  eventName: 'ObjectCreated:Put',
  s3: {
    s3SchemaVersion: '1.0',
    bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
    object: { key: encodeURIComponent(key).replaceAll('%2F', '/'), size: bytes, eTag: etag, sequencer: '00' },
  },
});
