import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { AwsError } from '#local/aws-error.ts';
import { createFirehose, type FirehoseSettings } from '#local/firehose/firehose.ts';
import { createObjectBodySync } from '#local/firehose/object-body.ts';
import type { StreamSettings } from '#local/firehose/settings.ts';
import type { Invocation } from '#local/invoke.ts';
import { systemRandom } from '#local/random.ts';
import { openStore } from '#local/store.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';

const LAMBDA = 'arn:aws:lambda:us-east-1:000000000000:function:transformer:$LATEST';
const STREAM: StreamSettings = {
  name: 'millrace-local',
  arn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/millrace-local',
  bucket: 'lake',
  roleArn: 'arn:aws:iam::000000000000:role/stream',
  prefix: 'landed/!{timestamp:yyyy/MM/dd/HH}/',
  errorOutputPrefix: 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
  bufferingHints: { sizeInMBs: 1, intervalInSeconds: 60 },
};
const PROCESSOR = { lambdaArn: LAMBDA, bufferSizeInMBs: 1, bufferIntervalInSeconds: 10 };
const TRANSFORMED: StreamSettings = { ...STREAM, processor: PROCESSOR };

interface Event {
  readonly invocationId: string;
  readonly records: readonly {
    readonly recordId: string;
    readonly approximateArrivalTimestamp: number;
    readonly data: string;
  }[];
}
type Answer = (event: Event) => unknown;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const text = (data: string): string => Buffer.from(data, 'base64').toString();
const base64 = (data: string): string => Buffer.from(data).toString('base64');
const upperCase: Answer = ({ records }) => ({
  records: records.map(({ recordId, data }) => ({ recordId, result: 'Ok', data: base64(text(data).toUpperCase()) })),
});

const setUp = (stream: StreamSettings = STREAM, settings: Partial<FirehoseSettings> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-firehose-'));
  folders.push(folder);
  const clock = createVirtualClock();
  const objects: { readonly key: string; readonly body: Buffer; readonly headers: object; readonly at: number }[] = [];
  const events: (Event & { readonly at: number })[] = [];
  const start = clock.now();
  let answer: Answer = upperCase;
  let refusal: Error | undefined;
  let answersPut = true;
  const boot = () => {
    const store = openStore(join(folder, 'store.sqlite'));
    const firehose = createFirehose({
      store,
      clock,
      random: systemRandom,
      region: 'us-east-1',
      accountId: '000000000000',
      createBody: createObjectBodySync,
      invoke: async (_name, event): Promise<Invocation> => {
        events.push({ ...JSON.parse(event), at: clock.now() - start });
        const answered = await answer(JSON.parse(event));
        return { payload: typeof answered === 'string' ? answered : JSON.stringify(answered) };
      },
      putObject: async ({ bucket, key, body, headers }) => {
        if (refusal !== undefined) throw refusal;
        expect(bucket).toBe('lake');
        objects.push({ key, body: Buffer.from(body), headers, at: clock.now() - start });
        if (!answersPut) await new Promise(() => {});
      },
      ...settings,
    });
    const delivery = firehose.createStream(stream);
    const put = (...records: readonly string[]) =>
      firehose.putRecords(
        stream.name,
        records.map((record) => Buffer.from(record)),
      );
    const kill = (): void => {
      firehose.stop();
      store.close();
    };
    return { firehose, delivery, put, kill };
  };
  return {
    clock,
    objects,
    events,
    boot,
    contents: () => objects.map(({ body }) => body.toString()),
    answer: (next: Answer) => {
      answer = next;
    },
    refuse: (error: Error | undefined) => {
      refusal = error;
    },
    /** S3 takes objects and the process does not live to hear of it. */
    forgetToAnswer: (forgets: boolean) => {
      answersPut = !forgets;
    },
    ...boot(),
  };
};

describe('a stream without a function', () => {
  it('writes records one behind the other, with nothing in between, when the interval is over', async () => {
    const { clock, put, objects, contents, delivery } = setUp();
    put('a', '', 'b\n');
    await clock.advance(20_000);
    put('c');
    expect(delivery.stats()).toMatchObject({ queued: 4, oldest: Date.UTC(2026, 10, 22, 10) });
    await clock.advance(39_999);
    expect(objects).toEqual([]);
    await clock.advance(1);
    expect(contents()).toEqual(['ab\nc']);
    expect(objects[0]?.key).toMatch(
      /^landed\/2026\/11\/22\/10\/millrace-local-1-2026-11-22-10-00-00-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    );
    expect(objects[0]?.headers).toEqual({ 'content-type': 'application/octet-stream' });
    expect(delivery.stats()).toMatchObject({
      queued: 0,
      oldest: undefined,
      counts: { records: 4, bytes: 4, objects: 1 },
    });
  });

  it('writes earlier when the size is reached', async () => {
    const { clock, put, objects } = setUp();
    const record = 'x'.repeat(300_000);
    put(record, record, record);
    await clock.advance(1);
    expect(objects).toEqual([]);
    put(record);
    await clock.advance(1);
    expect(objects.map(({ body }) => body.length)).toEqual([1_200_000]);
  });

  it('compresses, and names the file by the extension instead of the default', async () => {
    const gzip = { ...STREAM, compressionFormat: 'GZIP' as const };
    for (const [settings, extension] of [
      [gzip, '.gz'],
      [{ ...gzip, fileExtension: '.json.gz' }, '.json.gz'],
    ] as const) {
      const { clock, put, objects } = setUp(settings);
      put('hello');
      await clock.advance(60_000);
      expect(gunzipSync(objects[0]?.body ?? '').toString()).toBe('hello');
      expect(objects[0]?.key).toMatch(new RegExp(`[0-9a-f]{12}\\${extension}$`));
      expect(objects[0]?.headers).toEqual({ 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' });
    }
  });

  it('writes at once with an interval of 0', async () => {
    const { clock, put, contents } = setUp({ ...STREAM, bufferingHints: { sizeInMBs: 1, intervalInSeconds: 0 } });
    put('a');
    await clock.advance(0);
    expect(contents()).toEqual(['a']);
  });

  it('closes an object of very many tiny records early', async () => {
    const { clock, firehose, objects } = setUp();
    const tiny = Array.from({ length: 500 }, () => Buffer.from('x'));
    for (let n = 0; n < 50; n += 1) firehose.putRecords('millrace-local', tiny);
    await clock.advance(1);
    expect(objects).toHaveLength(1);
    await clock.advance(60_000);
    expect(objects).toHaveLength(2);
    expect(objects.reduce((sum, { body }) => sum + body.length, 0)).toBe(25_000);
  });

  it('keeps trying while S3 refuses, under one key, and keeps the backlog out of memory', async () => {
    const { clock, put, objects, refuse, delivery } = setUp({
      ...STREAM,
      bufferingHints: { sizeInMBs: 1, intervalInSeconds: 0 },
    });
    refuse(new Error('S3 is away'));
    for (let n = 0; n < 20; n += 1) {
      put(`${n} `);
      await clock.advance(0);
    }
    await clock.advance(600_000);
    expect(delivery.stats()).toMatchObject({ queued: 20, lastError: { message: 's3://lake: S3 is away' } });
    refuse(undefined);
    await clock.advance(60_000);
    expect(delivery.stats()).toMatchObject({ queued: 0 });
    expect(
      objects
        .map(({ body }) => body.toString())
        .join('')
        .trim()
        .split(' ')
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length);
    expect(objects.length).toBeLessThan(10);
  });
});

describe('a stream with a function', () => {
  it('waits for both buffers, then writes what the function made of the records', async () => {
    const { clock, put, events, objects, contents } = setUp(TRANSFORMED);
    put('a\n', 'b\n');
    await clock.advance(9_999);
    expect(events).toEqual([]);
    await clock.advance(1);
    expect(events).toMatchObject([
      {
        invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        deliveryStreamArn: STREAM.arn,
        region: 'us-east-1',
        records: [
          { approximateArrivalTimestamp: Date.UTC(2026, 10, 22, 10), data: base64('a\n') },
          { approximateArrivalTimestamp: Date.UTC(2026, 10, 22, 10), data: base64('b\n') },
        ],
      },
    ]);
    await clock.advance(59_999);
    expect(objects).toEqual([]);
    await clock.advance(1);
    expect(contents()).toEqual(['A\nB\n']);
    expect(objects[0]?.at).toBe(70_000);
  });

  it('invokes when the buffer is full, with no more than it holds', async () => {
    const { clock, put, events } = setUp({ ...STREAM, processor: { ...PROCESSOR, bufferSizeInMBs: 0.2 } });
    for (let n = 0; n < 5; n += 1) put('x'.repeat(60_000));
    await clock.advance(1);
    expect(events.map(({ records }) => records.length)).toEqual([3]);
    await clock.advance(10_000);
    expect(events.map(({ records }) => records.length)).toEqual([3, 2]);
  });

  it('has no more than 5 invocations at once', async () => {
    const { clock, put, events, answer } = setUp(TRANSFORMED);
    const finish: (() => void)[] = [];
    answer((event) => new Promise((resolve) => finish.push(() => resolve(upperCase(event)))));
    for (let n = 0; n < 8; n += 1) put('x'.repeat(1_000_000));
    await clock.advance(10_000);
    expect(events).toHaveLength(5);
    finish.shift()?.();
    await clock.advance(0);
    expect(events).toHaveLength(6);
  });

  it('never sends an invocation over 6 MB, however small the records', async () => {
    const sizes: number[] = [];
    const { clock, firehose } = setUp(
      { ...STREAM, processor: { ...PROCESSOR, bufferSizeInMBs: 3 } },
      {
        invoke: async (_name, event) => {
          sizes.push(Buffer.byteLength(event));
          return { payload: JSON.stringify(upperCase(JSON.parse(event))) };
        },
      },
    );
    const tiny = Array.from({ length: 500 }, () => Buffer.from('x'));
    for (let n = 0; n < 120; n += 1) firehose.putRecords('millrace-local', tiny);
    const large = Array.from({ length: 4 }, () => Buffer.alloc(1_000_000, 'y'));
    for (let n = 0; n < 3; n += 1) firehose.putRecords('millrace-local', large);
    const flushed = firehose.flush();
    await clock.advance(100_000);
    await flushed;
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6_291_556);
    expect(sizes.length).toBeGreaterThan(5);
  });

  it('tries a failed invocation again with the same records and a new invocation id, then writes error objects', async () => {
    const calls: Event[] = [];
    const { clock, put, objects, delivery } = setUp(
      { ...STREAM, processor: { ...PROCESSOR, numberOfRetries: 2 } },
      {
        invoke: async (_name, event) => {
          calls.push(JSON.parse(event));
          return { payload: '{"errorMessage":"boom"}', functionError: 'Unhandled' };
        },
      },
    );
    put('a', 'b');
    await clock.advance(200_000);
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ invocationId }) => invocationId)).size).toBe(3);
    expect(new Set(calls.map(({ records }) => JSON.stringify(records))).size).toBe(1);
    expect(objects).toHaveLength(1);
    expect(objects[0]?.key).toMatch(
      /^failed\/processing-failed\/2026\/11\/22\/10\/millrace-local-1-2026-11-22-10-00-00-[0-9a-f-]{36}$/,
    );
    const lines = objects[0]?.body
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(
      ['a', 'b'].map((data) => ({
        attemptsMade: 3,
        arrivalTimestamp: Date.UTC(2026, 10, 22, 10),
        errorCode: 'Lambda.FunctionError',
        errorMessage: 'The Lambda function was successfully invoked but it returned an error result.',
        attemptEndingTimestamp: expect.any(Number),
        rawData: base64(data),
        lambdaARN: LAMBDA,
      })),
    );
    expect(delivery.stats()).toMatchObject({
      queued: 0,
      counts: { invocations: 3, retries: 2, failed: 2 },
      lastError: { message: expect.stringContaining('boom') },
    });
  });

  it('does not try again what was answered badly, and drops without a trace', async () => {
    const { clock, put, events, answer, contents, delivery } = setUp(TRANSFORMED);
    answer(({ records }) => ({
      records: [
        { recordId: records[0]?.recordId, result: 'Ok', data: base64('kept') },
        { recordId: records[1]?.recordId, result: 'Dropped' },
        { recordId: records[2]?.recordId, result: 'ProcessingFailed' },
      ],
    }));
    put('ok', 'drop', 'fail', 'forgotten');
    await clock.advance(200_000);
    expect(events).toHaveLength(1);
    const [errors, kept] = contents().sort((a, b) => b.length - a.length);
    expect(kept).toBe('kept');
    expect(
      errors
        ?.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ attemptsMade, errorCode, rawData }) => [attemptsMade, errorCode, text(rawData)]),
    ).toEqual([
      [1, 'Lambda.ProcessingFailedStatus', 'fail'],
      [1, 'Lambda.MissingRecordId', 'forgotten'],
    ]);
    expect(delivery.stats()).toMatchObject({ queued: 0, counts: { dropped: 1, failed: 2 } });
  });

  it('backs off from a throttled function and carries on when it comes back', async () => {
    let throttled = true;
    const { clock, put, contents, delivery } = setUp(TRANSFORMED, {
      invoke: async (_name, event) => {
        if (throttled) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
        return { payload: JSON.stringify(upperCase(JSON.parse(event))) };
      },
    });
    put('a');
    await clock.advance(12_000);
    expect(delivery.stats().counts).toMatchObject({ invocations: 2 });
    throttled = false;
    await clock.advance(70_000);
    expect(contents()).toEqual(['A']);
  });

  it('writes throttled records to the error prefix when the attempts are used up', async () => {
    const { clock, put, objects } = setUp(
      { ...STREAM, processor: { ...PROCESSOR, numberOfRetries: 1 } },
      { invoke: () => Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)) },
    );
    put('a');
    await clock.advance(200_000);
    expect(JSON.parse(objects[0]?.body.toString() ?? '')).toMatchObject({
      attemptsMade: 2,
      errorCode: 'Lambda.InvokeLimitExceeded',
      rawData: base64('a'),
    });
  });

  it('takes a response over 6 MB as a function error', async () => {
    const { clock, put, events, answer, objects } = setUp({
      ...STREAM,
      processor: { ...PROCESSOR, numberOfRetries: 0 },
    });
    answer(({ records }) => ({
      records: records.map(({ recordId }) => ({ recordId, result: 'Ok', data: 'QUFB'.repeat(1_600_000) })),
    }));
    put('a');
    await clock.advance(200_000);
    expect(events).toHaveLength(1);
    expect(objects[0]?.body.toString()).toContain('"errorCode":"Lambda.FunctionError"');
  });
});

describe('a flush', () => {
  it('delivers what is there without waiting for a buffer, one object for all', async () => {
    const { clock, put, firehose, contents, objects } = setUp(TRANSFORMED);
    for (const record of ['a', 'b', 'c']) put(record);
    const flushed = firehose.flush();
    await clock.advance(0);
    await flushed;
    expect(contents()).toEqual(['ABC']);
    expect(objects[0]?.at).toBe(0);
    await firehose.flush();
    expect(objects).toHaveLength(1);
  });

  it('delivers what was already in an object that is open', async () => {
    const { clock, put, firehose, contents } = setUp(TRANSFORMED);
    put('a');
    await clock.advance(10_000);
    const flushed = firehose.flush();
    await clock.advance(0);
    await flushed;
    expect(contents()).toEqual(['A']);
  });
});

describe('a restart', () => {
  it('goes on with every record that was not delivered, under the same record ids', async () => {
    const { clock, put, kill, boot, events, answer, contents, objects } = setUp(TRANSFORMED);
    put('delivered');
    await clock.advance(70_000);
    expect(contents()).toEqual(['DELIVERED']);
    answer(() => new Promise(() => {}));
    put('in a function');
    await clock.advance(10_000);
    put('waiting');
    kill();
    answer(upperCase);
    const after = boot();
    expect(after.delivery.stats().queued).toBe(2);
    await clock.advance(70_000);
    expect(contents()).toEqual(['DELIVERED', 'IN A FUNCTIONWAITING']);
    expect(events.at(-1)?.records[0]).toEqual(events.at(-2)?.records[0]);
    expect(objects[1]?.key).toContain('-2026-11-22-10-01-10-');
    after.kill();
  });

  it('delivers again, and does not lose, what S3 took just before a crash', async () => {
    const { clock, put, kill, boot, objects, contents, forgetToAnswer } = setUp();
    put('a');
    forgetToAnswer(true);
    await clock.advance(60_000);
    expect(contents()).toEqual(['a']);
    kill();
    forgetToAnswer(false);
    const after = boot();
    await clock.advance(60_000);
    expect(contents()).toEqual(['a', 'a']);
    expect(objects[1]?.key).not.toBe(objects[0]?.key);
    expect(after.delivery.stats().queued).toBe(0);
    after.kill();
  });

  it('gives a new record an id that none had before', async () => {
    const { clock, put, kill, boot, events } = setUp(TRANSFORMED);
    put('a');
    await clock.advance(70_000);
    kill();
    const after = boot();
    after.put('b');
    await clock.advance(70_000);
    expect(events).toHaveLength(2);
    expect(events[1]?.records[0]?.recordId).not.toBe(events[0]?.records[0]?.recordId);
    after.kill();
  });
});

describe('the limits of a call', () => {
  it('are those of Firehose, to the byte', () => {
    const { firehose } = setUp();
    const put = (count: number, size: number) =>
      firehose.putRecords(
        'millrace-local',
        Array.from({ length: count }, () => Buffer.alloc(size)),
      );
    expect(put(500, 0)).toHaveLength(500);
    expect(new Set(put(500, 1)).size).toBe(500);
    expect(() => put(501, 0)).toThrow('Member must have length less than or equal to 500');
    expect(() => put(0, 0)).toThrow('Member must have length greater than or equal to 1');
    put(1, 1_024_000);
    expect(() => put(1, 1_024_001)).toThrow("at 'records.1.member.data' failed to satisfy constraint");
    put(8, 524_288);
    expect(() => put(9, 466_034)).toThrow('Records size exceeds 4 MB limit');
    expect(() => firehose.putRecords('nope', [Buffer.from('')])).toThrow(
      'Firehose nope under account 000000000000 not found.',
    );
  });

  it.each([
    [{ bufferingHints: { sizeInMBs: 129, intervalInSeconds: 60 } }, 'SizeInMBs must be between 1 and 128'],
    [{ bufferingHints: { sizeInMBs: 1, intervalInSeconds: 901 } }, 'IntervalInSeconds must be between 0 and 900'],
    [{ processor: { ...PROCESSOR, bufferSizeInMBs: 3.1 } }, 'BufferSizeInMBs must be between 0.2 and 3'],
    [{ fileExtension: 'gz' }, 'FileExtension must start with a period'],
    [{ name: 'no spaces' }, 'is not valid'],
  ])('of a stream refuse %j', (settings, message) => {
    expect(() => setUp({ ...STREAM, ...settings })).toThrow(message);
  });
});
