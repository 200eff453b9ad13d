import { StackStatus } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stackState } from '#cli/stack/state.ts';
import { createFakeLaptop, type FakeLaptop } from './support/fake-laptop.ts';
import { createFakeStack, type FakeStack, freshRows } from './support/fake-stack.ts';
import { inProcess } from './support/in-process.ts';

let laptop: FakeLaptop;
let stack: FakeStack;
let restore: () => void;
beforeEach(async () => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  laptop = await createFakeLaptop();
  ({ stack, restore } = createFakeStack(`${laptop.url}/v1/events`));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  restore();
  await laptop.close();
});

const named = (name: string, message = 'no'): Error => Object.assign(new Error(message), { name });
const shop = ['--stack', 'shop'];

describe('millrace status --stack', () => {
  it('shows what AWS tells of each stage, and how far the tables are', async () => {
    stack.landed = [2, 1];
    const { code, out, err } = await inProcess(['status', ...shop]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^shop {2}ok {2}eu-west-1, freshness standard, /);
    expect(lines.find((line) => line.startsWith('queue  '))).toMatch(
      /^queue +shop-landed +3 {2}2 waiting · 1 in flight · 0 dead letters$/,
    );
    expect(lines.find((line) => line.startsWith('warehouse  '))).toMatch(
      /^warehouse +shop +0 {2}1,000 events · 2 rejected · 3 duplicates · 12 loads · 0 missing envelopes$/,
    );
    expect(out).toMatch(/^loaded to +2026-10-23T09:59:30.500Z \(/m);
    expect(out).toMatch(/^complete to +2026-10-23T09:58:00.000Z \(/m);
    expect(out).toMatch(/^dashboard +https:\/\/dashboard$/m);
    expect(stack.asked.every((sql) => sql.startsWith('arn:admin '))).toBe(true);
  });

  it('gives the same as JSON, and no secret', async () => {
    const { code, out } = await inProcess(['status', ...shop, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      status: 'ok',
      stack: 'shop',
      region: 'eu-west-1',
      problems: [],
      loads: { events: 1000, loadedTo: '2026-10-23T09:59:30.500Z', lastError: null },
      resources: { stream: 'shop', bucket: 'shop-lake', workgroup: 'shop' },
    });
    expect(out).not.toContain('arn:');
  });

  it('leaves the warehouse asleep with --no-warehouse', async () => {
    const { code, out } = await inProcess(['status', ...shop, '--no-warehouse', '--json']);
    expect({ code, asked: stack.asked, loads: JSON.parse(out).loads }).toEqual({ code: 0, asked: [], loads: null });
  });

  it.each<[string, (found: FakeStack) => void, RegExp]>([
    ['objects that could not be loaded', (found) => (found.dead = [1, 1]), /queue: 2 objects could not be loaded/],
    [
      'events that are lost',
      (found) => (found.rows = freshRows(4, [9, 4, 0])),
      /9 accepted events \(4 envelopes\) have not come .* millrace dlq --stack shop/,
    ],
    [
      'records that could not be transformed',
      (found) => (found.rows = freshRows(0, [0, 0, 3])),
      /3 records could not be transformed .* millrace replay --failed --stack shop puts them back/,
    ],
    ['a stream that is not active', (found) => (found.streamStatus = 'CREATING_FAILED'), /it is CREATING_FAILED/],
    ['a collector that is broken', (found) => (found.outputs.CollectorUrl += '/../../health'), /answers 200 where 401/],
    ['a collector that is gone', (found) => (found.outputs.CollectorUrl = 'http://127.0.0.1:9/'), /does not answer/],
    ['an update that was rolled back', (found) => (found.status = 'UPDATE_ROLLBACK_COMPLETE'), /was rolled back/],
    [
      'a warehouse that refuses',
      (found) => (found.fails.ExecuteStatement = named('AccessDeniedException')),
      /warehouse: AWS refuses it to these credentials/,
    ],
    [
      'a queue that may not be seen',
      (found) => (found.fails.GetQueueAttributes = named('AccessDenied')),
      /queue: AWS refuses it to these credentials/,
    ],
  ])('calls the stack degraded and ends with 1 for %s, and still shows the rest', async (_, change, problem) => {
    change(stack);
    const { code, out } = await inProcess(['status', ...shop]);
    expect({ code, state: out.split('  ')[1] }).toEqual({ code: 1, state: 'degraded' });
    expect(out).toMatch(problem);
    expect(out).toMatch(/^bucket +shop-lake$/m);
  });

  it('shows the latest object that failed', async () => {
    stack.rows.load_errors = [['landed/x.gz', 'Invalid digit', '2026-11-23 09:00:00']];
    const { out } = await inProcess(['status', ...shop]);
    expect(out).toMatch(/ago: landed\/x\.gz: Invalid digit$/m);
  });
});

describe('a stack that cannot be used', () => {
  it.each<[string, (found: FakeStack) => void, string]>([
    [
      'ROLLBACK_COMPLETE',
      (found) => (found.status = 'ROLLBACK_COMPLETE'),
      'stack shop is ROLLBACK_COMPLETE: it could not be made',
    ],
    [
      'how to remove it',
      (found) => (found.status = 'ROLLBACK_FAILED'),
      'sam delete --stack-name shop --region eu-west-1',
    ],
    ['CREATE_IN_PROGRESS', (found) => (found.status = 'CREATE_IN_PROGRESS'), 'it is being made: wait'],
    [
      'outputs of another template',
      (found) => (found.outputs = { Url: 'x' }),
      'stack shop has no output CollectorUrl, WriteKeySecretArn, StreamName',
    ],
    ['no credentials', (found) => (found.fails.DescribeStacks = named('CredentialsProviderError')), 'set AWS_PROFILE'],
    [
      'expired credentials',
      (found) => (found.fails.DescribeStacks = named('ExpiredToken')),
      'have expired: log in again',
    ],
    [
      'a wrong key',
      (found) => (found.fails.DescribeStacks = named('InvalidClientTokenId')),
      'does not know these credentials',
    ],
    ['a missing permission', (found) => (found.fails.DescribeStacks = named('AccessDenied')), 'ask for the permission'],
    [
      'no region',
      (found) => (found.fails.DescribeStacks = named('Error', 'Region is missing')),
      'give --region, such as --region eu-west-1',
    ],
    [
      'no network',
      (found) => (found.fails.DescribeStacks = Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
      'check the network, the region and AWS_ENDPOINT_URL',
    ],
  ])('is told with its fix: %s', async (_, change, message) => {
    change(stack);
    for (const command of ['status', 'send']) {
      const { code, out, err } = await inProcess([command, ...shop]);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(message);
      expect(err.split('\n')).toHaveLength(2);
    }
  });

  it('is told by name and region when it is not there', async () => {
    const { code, err } = await inProcess(['status', '--stack', 'shopp', '--region', 'us-west-2']);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'millrace: there is no stack shopp in us-west-2: check --stack and --region, or make it with ./deploy.sh\n',
    });
  });

  it.each(Object.values(StackStatus))('every status that CloudFormation knows has a meaning: %s', (status) => {
    const { usable, deployable, advice } = stackState('shop', status, 'eu-west-1');
    expect(advice ?? '').not.toContain('CloudFormation says');
    expect(advice !== undefined || (usable && deployable)).toBe(true);
  });
});

describe('millrace status --stack --wait', () => {
  it('answers with the row of an event once there is one', async () => {
    stack.afterAsked = () => {
      stack.rows['millrace.events'] = [['2026-11-23 10:00:00', '2026-11-23 10:00:09', null, null]];
    };
    const { code, out, err } = await inProcess(['status', ...shop, '--wait', '--event', 'e-1']);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(
        /^event e-1 is a row: received 2026-11-23 10:00:00, loaded 2026-11-23 10:00:09 \(UTC\)/,
      ),
    });
    expect(err).toContain("waiting for event e-1: the stream's buffers\n");
    expect(stack.asked[0]).toContain("event_id = 'e-1'");
  });

  it('ends with 1 at once when the event was rejected', async () => {
    stack.rows['millrace.events'] = [['2026-11-23 10:00:00', '2026-11-23 10:00:09', 'missing_name', 'no name']];
    const { code, err } = await inProcess(['status', ...shop, '--wait', '--event', 'e-1']);
    expect(code).toBe(1);
    expect(err).toContain('event e-1 was rejected: missing_name: no name');
  });

  it('ends with 1 when an object goes to the dead letters meanwhile', async () => {
    stack.dead = [3, 0];
    stack.afterAsked = () => {
      stack.dead = [4, 0];
    };
    const { code, err } = await inProcess(['status', ...shop, '--wait', '--event', 'e-1']);
    expect(code).toBe(1);
    expect(err).toContain('4 objects could not be loaded and are in the dead-letter queue');
  });

  it('ends with 1 when the time is up, and says what it waited for', async () => {
    const { code, out, err } = await inProcess(['status', ...shop, '--wait', '--event', 'e-1', '--timeout', '500ms']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('after 0.5 s still waiting for event e-1');
  });

  it('waits for buffers, queue and missing envelopes before it says that all is in the tables', async () => {
    stack.landed = [1, 1];
    stack.rows = freshRows(2);
    let summaries = 0;
    stack.afterAsked = (sql) => {
      if (!sql.includes('report_freshness')) return;
      summaries += 1;
      if (summaries === 1) stack.landed = [0, 0];
      if (summaries === 2) stack.rows = freshRows();
    };
    const { code, out, err } = await inProcess(['status', ...shop, '--wait']);
    expect(code).toBe(0);
    const said = err.split('\n').map((line) => line.replace('waiting for ', ''));
    expect(said.slice(0, 4)).toEqual([
      "the stream's buffers",
      '2 objects to be loaded',
      'the queue to stay empty',
      '2 envelopes that are missing so far',
    ]);
    expect(said[4]).toContain('everything accepted is in the tables');
    expect(out).toMatch(/^shop {2}ok/);
  });

  it('ends with 1 when objects could not be loaded: then not all is in the tables', async () => {
    stack.dead = [1, 0];
    const { code, err } = await inProcess(['status', ...shop, '--wait']);
    expect(code).toBe(1);
    expect(err).toContain('1 objects could not be loaded');
  });
});
