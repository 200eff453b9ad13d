import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemRandom } from '#local/random.ts';
import { hashedFile, naturalFile } from '#local/s3/bodies.ts';
import { encodeKey } from '#local/s3/notifications.ts';
import { createS3, type S3Settings } from '#local/s3/s3.ts';
import { openStore } from '#local/store.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:landed';
const ON_LANDED = {
  notifications: [{ queueArn: QUEUE, events: ['s3:ObjectCreated:*'], prefix: 'landed/', suffix: '.gz' }],
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const setUp = (settings: Partial<S3Settings> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-s3-'));
  folders.push(folder);
  const clock = createVirtualClock();
  const sent: { readonly arn: string; readonly body: string }[] = [];
  const boot = (more: Partial<S3Settings> = {}) => {
    const store = openStore(join(folder, 'store.sqlite'));
    const s3 = createS3({
      store,
      clock,
      random: systemRandom,
      folder: join(folder, 's3'),
      region: 'eu-west-1',
      accountId: '000000000000',
      notify: (arn, body) => void sent.push({ arn, body }),
      ...settings,
      ...more,
    });
    /** What kill -9 leaves: nothing is tidied up, and the file is free. */
    const kill = (): void => {
      s3.stop();
      store.close();
    };
    return { s3, store, kill };
  };
  return { folder: join(folder, 's3'), clock, sent, boot, ...boot() };
};

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const put = (s3: ReturnType<typeof createS3>, key: string, body = key) =>
  s3.putObject({ bucket: 'lake', key, body: text(body) });
const read = (s3: ReturnType<typeof createS3>, key: string): string =>
  readFileSync(s3.fileOf('lake', key)?.path ?? 'missing', 'utf8');

describe('bodies', () => {
  it('are plain files at the path of their key', async () => {
    const { s3, folder } = setUp();
    s3.createBucket('lake');
    const object = await s3.putObject({
      bucket: 'lake',
      key: 'landed/2026/11/22/10/stream-1-2026.json.gz',
      body: text('hello world'),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(object.etag).toBe('5eb63bbbe01eeed093cb22bb8f5acdc3');
    expect(s3.fileOf('lake', 'landed/2026/11/22/10/stream-1-2026.json.gz')).toEqual({
      path: join(folder, 'lake/landed/2026/11/22/10/stream-1-2026.json.gz'),
      size: 11,
      etag: '5eb63bbbe01eeed093cb22bb8f5acdc3',
      contentEncoding: 'gzip',
    });
    expect(s3.fileOf('lake', 'nope')).toBeUndefined();
    expect(readdirSync(join(folder, '.tmp'))).toEqual([]);
  });

  it('stay apart and inside their folder whatever the key', async () => {
    const { s3, folder } = setUp();
    s3.createBucket('lake');
    const keys = [
      '../../etc/passwd',
      '/absolute',
      'a',
      'a/b',
      'a/',
      'a//b',
      'a/b/c',
      './x',
      'x/../y',
      '.hidden',
      'Case',
      'case',
      'CASE/x',
      'ключ',
      'new\nline',
      'star*',
      'que?ry',
      '100%',
      'tail.',
      'tail ',
      'quo\'te"',
      'back\\slash',
      'z'.repeat(1024),
      'nul\0',
      '\u{1F600}',
      '~',
      ' ',
    ];
    for (const key of keys) await put(s3, key);
    for (const key of keys) {
      expect(read(s3, key)).toBe(key);
      expect(s3.fileOf('lake', key)?.path.startsWith(join(folder, 'lake/'))).toBe(true);
    }
    expect(new Set(keys.map((key) => s3.fileOf('lake', key)?.path.toLowerCase())).size).toBe(keys.length);
    for (const key of keys) s3.deleteObject('lake', key);
    expect(s3.listObjects({ bucket: 'lake' }).objects).toEqual([]);
    expect(existsSync(join(folder, 'lake')) ? readdirSync(join(folder, 'lake')) : []).toEqual([]);
  });

  it('are replaced in one move: an open reader keeps the old one', async () => {
    const { s3 } = setUp();
    s3.createBucket('lake');
    await put(s3, 'k', 'old');
    const { descriptor } = s3.openObject('lake', 'k');
    await put(s3, 'k', 'new');
    expect(readFileSync(descriptor, 'utf8')).toBe('old');
    expect(read(s3, 'k')).toBe('new');
  });

  it('leave nothing when they end early or fail their check', async () => {
    const { s3, folder } = setUp();
    s3.createBucket('lake');
    const broken = (async function* () {
      yield text('half');
      throw new Error('aborted');
    })();
    await expect(s3.putObject({ bucket: 'lake', key: 'k', body: broken })).rejects.toThrow('aborted');
    const verify = (): void => {
      throw new Error('wrong checksum');
    };
    await expect(s3.putObject({ bucket: 'lake', key: 'k', body: text('x'), verify })).rejects.toThrow('wrong checksum');
    expect(readdirSync(join(folder, '.tmp'))).toEqual([]);
    expect(s3.fileOf('lake', 'k')).toBeUndefined();
  });

  it('have a natural file only where every file system and tool agrees on it', () => {
    expect(naturalFile('a/b=1/c-d_e.json.gz')).toBe('a/b=1/c-d_e.json.gz');
    for (const key of ['', '.', 'a/..', 'a//b', 'a/', 'a*', "a'", 'a.', 'é', '-'.repeat(201)]) {
      expect(naturalFile(key)).toBeUndefined();
    }
    expect(hashedFile('a')).toMatch(/^\.keys\/[0-9a-f]{64}$/);
  });
});

describe('objects', () => {
  it('refuse what S3 refuses', async () => {
    const { s3 } = setUp();
    s3.createBucket('lake');
    await expect(s3.putObject({ bucket: 'nope', key: 'k', body: text('') })).rejects.toMatchObject({
      code: 'NoSuchBucket',
    });
    await expect(put(s3, 'z'.repeat(1025))).rejects.toMatchObject({ code: 'KeyTooLongError' });
    expect(() => s3.headObject('lake', 'k')).toThrow('The specified key does not exist.');
    await put(s3, 'k');
    await expect(s3.putObject({ bucket: 'lake', key: 'k', body: text('x'), onlyIfAbsent: true })).rejects.toMatchObject(
      { code: 'PreconditionFailed', status: 412 },
    );
  });

  it('have a sequencer that rises with every write of a key, even within a millisecond', async () => {
    const { s3 } = setUp();
    s3.createBucket('lake');
    const sequencers: string[] = [];
    for (let n = 0; n < 5; n += 1) sequencers.push((await put(s3, 'k')).sequencer);
    expect([...new Set(sequencers)].sort()).toEqual(sequencers);
    expect(sequencers[0]).toMatch(/^[0-9A-F]{18}$/);
  });

  it('are listed in the byte order of their keys, page by page', async () => {
    const { s3 } = setUp();
    s3.createBucket('lake');
    const keys = ['b', 'a/1', 'a/2', 'a', 'a!', 'é', '\u{1F600}', '\uFFFD', 'a/2/x'];
    for (const key of keys) await put(s3, key);
    const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const listed: string[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = s3.listObjects({ bucket: 'lake', maxKeys: 2, after });
      listed.push(...page.objects.map(({ key }) => key));
      after = page.next;
    }
    expect(listed).toEqual(sorted);
    expect(s3.listObjects({ bucket: 'lake', prefix: 'a/' }).objects.map(({ key }) => key)).toEqual([
      'a/1',
      'a/2',
      'a/2/x',
    ]);
    expect(s3.listObjects({ bucket: 'lake', maxKeys: 0 })).toMatchObject({ objects: [], truncated: false });
  });

  it('are grouped at the delimiter, each group once and counted as one', async () => {
    const { s3 } = setUp();
    s3.createBucket('lake');
    for (const key of ['x/1', 'x/2', 'y/1', 'z', 'x0']) await put(s3, key);
    const pages: string[][] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = s3.listObjects({ bucket: 'lake', delimiter: '/', maxKeys: 1, after });
      pages.push([...page.objects.map(({ key }) => key), ...page.commonPrefixes]);
      after = page.next;
    }
    expect(pages).toEqual([['x/'], ['x0'], ['y/'], ['z']]);
    expect(s3.listObjects({ bucket: 'lake', prefix: 'x/', delimiter: '/' })).toMatchObject({ commonPrefixes: [] });
  });
});

describe('notifications', () => {
  it('send a test event once, then one message per wanted object', async () => {
    const { s3, sent, clock } = setUp();
    s3.createBucket('lake', ON_LANDED);
    s3.createBucket('lake', ON_LANDED);
    expect(sent.map(({ body }) => JSON.parse(body))).toEqual([
      {
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: '2026-11-22T10:00:00.000Z',
        Bucket: 'lake',
        RequestId: expect.any(String),
        HostId: expect.any(String),
      },
    ]);
    await put(s3, 'failed/x.gz');
    await put(s3, 'landed/x.json');
    await clock.advance(500);
    const object = await put(s3, 'landed/a b/=1:é.gz', 'hello world');
    expect(sent).toHaveLength(2);
    expect(sent[1]?.arn).toBe(QUEUE);
    expect(JSON.parse(sent[1]?.body ?? '')).toEqual({
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'eu-west-1',
          eventTime: '2026-11-22T10:00:00.500Z',
          eventName: 'ObjectCreated:Put',
          userIdentity: { principalId: expect.any(String) },
          requestParameters: { sourceIPAddress: '127.0.0.1' },
          responseElements: { 'x-amz-request-id': expect.any(String), 'x-amz-id-2': expect.any(String) },
          s3: {
            s3SchemaVersion: '1.0',
            configurationId: expect.any(String),
            bucket: { name: 'lake', ownerIdentity: { principalId: expect.any(String) }, arn: 'arn:aws:s3:::lake' },
            object: {
              key: 'landed/a+b/%3D1%3A%C3%A9.gz',
              size: 11,
              eTag: '5eb63bbbe01eeed093cb22bb8f5acdc3',
              sequencer: object.sequencer,
            },
          },
        },
      ],
    });
  });

  it('write keys as forms do, which decodes to the same key', () => {
    for (const key of ["a b+c/d=e:f'g(h)*~!&#%.gz", 'é/\u{1F600}']) {
      expect(decodeURIComponent(encodeKey(key).replace(/\+/g, ' '))).toBe(key);
    }
  });

  it('are tried again when the queue refuses them', async () => {
    let refuses = true;
    const taken: string[] = [];
    const { s3, clock } = setUp({
      notify: (_arn, body) => {
        if (refuses) throw new Error('queue is away');
        taken.push(body);
      },
    });
    s3.createBucket('lake', ON_LANDED);
    await put(s3, 'landed/x.gz');
    await clock.advance(5_000);
    expect(s3.stats()).toMatchObject({ queued: 2, lastError: { message: 'queue is away' } });
    refuses = false;
    await clock.advance(1_000);
    expect(taken).toHaveLength(2);
    expect(s3.stats()).toMatchObject({ queued: 0, oldest: undefined, counts: { objects: 1, notifications: 2 } });
  });

  it('refuse an event that is not known', () => {
    const { s3 } = setUp();
    const events = ['s3:ObjectRemoved:*'];
    expect(() => s3.createBucket('lake', { notifications: [{ queueArn: QUEUE, events }] })).toThrow('not supported');
  });
});

describe('a crash', () => {
  it('loses no object and no notification that was not handed over', async () => {
    const first = setUp({
      notify: () => {
        throw new Error('killed before the queue had it');
      },
    });
    first.s3.createBucket('lake', ON_LANDED);
    await put(first.s3, 'landed/x.gz', 'body');
    first.kill();

    const bodies: string[] = [];
    const second = first.boot({ notify: (_arn, body) => void bodies.push(body) });
    await first.clock.advance(0);
    expect(bodies.map((body) => JSON.parse(body).Event ?? JSON.parse(body).Records[0].s3.object.key)).toEqual([
      's3:TestEvent',
      'landed/x.gz',
    ]);
    expect(read(second.s3, 'landed/x.gz')).toBe('body');
    expect(second.s3.bucket('lake').notifications).toEqual(ON_LANDED.notifications);
    second.kill();
  });

  it('between the intent and the move leaves the object as it was', async () => {
    const { s3, kill, boot, store, folder, clock, sent } = setUp();
    s3.createBucket('lake', ON_LANDED);
    await put(s3, 'landed/x.gz', 'old');
    const before = s3.headObject('lake', 'landed/x.gz');
    const temporaryPath = join(folder, '.tmp/half');
    writeFileSync(temporaryPath, 'new');
    const pending = { temporaryPath, event: 'ObjectCreated:Put', object: { ...before, size: 3, etag: 'new' } };
    store.prepare('INSERT INTO s3_pending VALUES (?, ?)').run(temporaryPath, JSON.stringify(pending));
    kill();
    const after = boot();
    await clock.advance(0);
    expect(after.s3.headObject('lake', 'landed/x.gz')).toEqual(before);
    expect(read(after.s3, 'landed/x.gz')).toBe('old');
    expect(existsSync(temporaryPath)).toBe(false);
    expect(sent).toHaveLength(2);
    after.kill();
  });

  it('between the move and the index makes the object, and notifies', async () => {
    const { s3, kill, boot, store, folder, clock, sent } = setUp();
    s3.createBucket('lake', ON_LANDED);
    const object = await put(s3, 'landed/x.gz', 'old');
    const temporaryPath = join(folder, '.tmp/moved');
    const next = { ...object, key: 'landed/y.gz', file: 'landed/y.gz', size: 3 };
    const pending = { temporaryPath, event: 'ObjectCreated:Put', object: next };
    store.prepare('INSERT INTO s3_pending VALUES (?, ?)').run(temporaryPath, JSON.stringify(pending));
    mkdirSync(join(folder, 'lake/landed'), { recursive: true });
    writeFileSync(temporaryPath, 'new');
    renameSync(temporaryPath, join(folder, 'lake/landed/y.gz'));
    kill();
    const after = boot();
    await clock.advance(0);
    expect(read(after.s3, 'landed/y.gz')).toBe('new');
    expect(JSON.parse(sent.at(-1)?.body ?? '').Records[0].s3.object.key).toBe('landed/y.gz');
    after.kill();
  });
});

describe('multipart uploads', () => {
  const part = (letter: string, megabytes = 5): Uint8Array => text(letter.repeat(megabytes * 1024 * 1024));

  it('join their parts, survive a restart, and leave nothing behind', async () => {
    const { s3, kill, boot, folder } = setUp();
    s3.createBucket('lake');
    const uploadId = s3.uploads.create('lake', 'big', { 'content-type': 'text/plain' });
    const upload = { bucket: 'lake', key: 'big', uploadId };
    const second = await s3.uploads.putPart(upload, 2, part('b', 1));
    await s3.uploads.putPart(upload, 1, part('wrong', 1));
    kill();
    const after = boot();
    const first = await after.s3.uploads.putPart(upload, 1, part('a'));
    const object = await after.s3.uploads.complete(upload, [first, second]);
    expect(object).toMatchObject({ size: 6 * 1024 * 1024, headers: { 'content-type': 'text/plain' } });
    expect(object.etag).toMatch(/^[0-9a-f]{32}-2$/);
    expect(read(after.s3, 'big')).toBe('a'.repeat(5 * 1024 * 1024) + 'b'.repeat(1024 * 1024));
    expect(readdirSync(join(folder, '.uploads'))).toEqual([]);
    await expect(after.s3.uploads.complete(upload, [first])).rejects.toMatchObject({ code: 'NoSuchUpload' });
    after.kill();
  });

  it('check their parts as S3 does', async () => {
    const { s3 } = setUp();
    s3.createBucket('lake');
    const upload = { bucket: 'lake', key: 'k', uploadId: s3.uploads.create('lake', 'k', {}) };
    const one = await s3.uploads.putPart(upload, 1, part('a', 1));
    const two = await s3.uploads.putPart(upload, 2, part('b', 1));
    await expect(s3.uploads.complete(upload, [two, one])).rejects.toMatchObject({ code: 'InvalidPartOrder' });
    await expect(s3.uploads.complete(upload, [one, two])).rejects.toMatchObject({ code: 'EntityTooSmall' });
    await expect(s3.uploads.complete(upload, [{ ...one, etag: 'x' }])).rejects.toMatchObject({ code: 'InvalidPart' });
    await expect(s3.uploads.putPart(upload, 10_001, part('a', 1))).rejects.toMatchObject({ code: 'InvalidArgument' });
    s3.uploads.abort(upload);
    expect(() => s3.uploads.parts(upload)).toThrow('The specified upload does not exist.');
  });
});
