import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSamConfig } from '#cli/deploy/sam-config.ts';
import { inProcess } from '#tests/cli/support/in-process.ts';
import { type Laptop, newFolder, startLaptop, stopLaptops } from '#tests/pipeline/laptop.ts';
import { type FakeAws, startFakeAws } from './fake-aws.ts';
import { createTools, runDeploy, runScript, signedIn, type Tools } from './support.ts';

let tools: Tools;
let aws: FakeAws;
let env: Record<string, string>;
beforeEach(async () => {
  tools = createTools();
  aws = await startFakeAws();
  env = signedIn(tools, aws.url);
});
afterEach(() => {
  tools.remove();
  aws.close();
});

const names = {
  CollectorUrl: 'http://127.0.0.1:9/v1/events',
  WriteKeySecretArn: 'arn:write-key',
  StreamName: 'shop',
  LakeBucketName: 'shop-lake',
  QueueUrl: 'https://sqs/1/landed',
  DeadLetterQueueUrl: 'https://sqs/1/dead',
  WorkgroupName: 'shop',
  Database: 'millrace',
};

describe('deploy.sh against a laptop', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await startLaptop(newFolder());
  });
  afterAll(stopLaptops);

  it('checks, builds, deploys, sends an event, waits until it is a row, and says where everything is', async () => {
    const { code, out, err } = await runScript(
      ['staging', 'millrace-lake-local', '--stack-name', 'millrace-local', 'BaseCapacity=8'],
      { ...signedIn(tools, laptop.awsUrl), AWS_DEFAULT_REGION: 'us-east-1' },
    );
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('waiting for event') });
    expect(tools.samCalls()).toEqual([
      'build',
      'deploy --no-confirm-changeset --config-env staging --stack-name millrace-local --region us-east-1 --no-fail-on-empty-changeset --parameter-overrides Environment=staging BaseCapacity=8 DataLocation=millrace-lake-local',
    ]);
    const [, id] = /^The collector took event (\S+); waiting until it is a row$/m.exec(out) ?? [];
    expect(out).toMatch(/^It is a row since \d{4}-\d{2}-\d{2} [\d:.]+ \(UTC\)\.$/m);
    expect(await laptop.query(`SELECT event_name FROM millrace.events WHERE event_id = '${id}'`)).toEqual([
      { event_name: 'pipeline_checked' },
    ]);
    expect(out).toContain(`  Endpoint      ${laptop.url}/v1/events\n`);
    expect(out).toContain('  Write key     in Secrets Manager: arn:aws:secretsmanager:us-east-1:');
    expect(out).toContain(
      '  Stack         https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1#',
    );
  });
});

describe('the command line against a laptop', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await startLaptop(newFolder());
  });
  beforeEach(() => {
    const variables = { ...signedIn(tools, laptop.awsUrl), AWS_DEFAULT_REGION: 'us-east-1', AWS_REGION: '' };
    for (const [name, value] of Object.entries(variables)) if (name !== 'PATH') vi.stubEnv(name, value);
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(stopLaptops);

  it.each([
    ['by its address', (found: Laptop) => ['--url', found.url]],
    ['as the stack that it is', () => ['--stack', 'millrace-local']],
  ])('sends an event %s, waits for its row and for everything, and asks the warehouse', async (_, toWhere) => {
    const where = toWhere(laptop);
    const sent = await inProcess(['send', ...where]);
    expect(sent).toMatchObject({ code: 0, err: '' });
    const id = sent.out.trim();
    const row = await inProcess(['status', ...where, '--wait', '--event', id, '--json']);
    expect({ code: row.code, err: row.err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(row.out)).toMatchObject({ event_id: id, loaded_at: expect.stringMatching(/^\d{4}-/) });
    const all = await inProcess(['status', ...where, '--wait']);
    expect(all).toMatchObject({ code: 0, err: expect.stringContaining('everything accepted is in the tables') });
    const asked = await inProcess([
      'query',
      ...where,
      '--json',
      `SELECT event_name FROM millrace.events WHERE event_id = '${id}'`,
    ]);
    expect(JSON.parse(asked.out)).toEqual([{ event_name: 'pipeline_checked' }]);
  });

  it('ends with 1 when the event is not a row in time', async () => {
    const args = ['status', '--url', laptop.url, '--wait', '--event', 'never', '--timeout', '1s'];
    expect(await inProcess(args)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('after 1 s still waiting for event never'),
    });
  });
});

describe('deploy.sh before it runs anything', () => {
  it('explains itself', async () => {
    const { code, out } = await runScript(['--help'], { PATH: tools.path });
    expect(code).toBe(0);
    expect(out).toContain('Usage: ./deploy.sh ENVIRONMENT LAKE-BUCKET [PARAMETER=VALUE…] [options]');
    expect(out).toContain('--guided');
  });

  it('says what is missing of Node.js and npm', async () => {
    tools.put('npm', '');
    tools.put('node', 'case "$1" in --version) echo v18.0.0;; *) exit 1;; esac');
    expect(await runScript([], { PATH: tools.path })).toMatchObject({
      code: 1,
      err: expect.stringContaining('Node.js is v18.0.0, and 20 is the least: update it'),
    });
    tools.take('npm');
    expect((await runScript([], { PATH: tools.path })).err).toContain('npm is not on the PATH');
    tools.take('node');
    expect((await runScript([], { PATH: tools.path })).err).toContain('Node.js is not on the PATH');
  });
});

describe('a deployment', () => {
  it('asks first, and does nothing without a yes', async () => {
    const { code, err, questions } = await runDeploy(['staging', 'shop-lake'], env, false);
    expect({ code, err, questions, calls: tools.samCalls() }).toEqual({
      code: 1,
      err: 'nothing was deployed\n',
      questions: ['\nDeploy this? [y/N] '],
      calls: [],
    });
  });

  it('deploys nothing when the build fails, and says that running it again is safe', async () => {
    tools.remove();
    tools = createTools({ version: '1.170.0', build: 1, deploy: 0 });
    const ran = await runDeploy(['staging', 'shop-lake', '--yes'], signedIn(tools, aws.url));
    expect({ code: ran.code, questions: ran.questions, calls: tools.samCalls() }).toEqual({
      code: 1,
      questions: [],
      calls: ['build'],
    });
    expect(ran.err).toMatch(/sam build failed, see above, and nothing was deployed: .* it is safe/);
  });

  it('says which resource failed first, and what to do with the stack', async () => {
    tools.remove();
    tools = createTools({ version: '1.170.0', build: 0, deploy: 1 });
    aws.fake.stack = { status: 'UPDATE_ROLLBACK_COMPLETE', outputs: names };
    aws.fake.bucket = { status: 200, region: 'eu-west-1' };
    aws.fake.events = [
      { resource: 's', status: 'UPDATE_ROLLBACK_COMPLETE', reason: '' },
      { resource: 'Queue', status: 'UPDATE_FAILED', reason: 'Resource update cancelled' },
      { resource: 'Schema', status: 'UPDATE_FAILED', reason: 'statement 3 failed' },
      { resource: 's', status: 'UPDATE_IN_PROGRESS', reason: 'User Initiated' },
      { resource: 'Old', status: 'CREATE_FAILED', reason: 'long ago' },
    ];
    const { code, err } = await runDeploy(['staging', 'shop-lake', '--yes'], signedIn(tools, aws.url));
    expect(code).toBe(1);
    expect(err).toContain('sam deploy did not deploy stack millrace-staging, see above: Schema: statement 3 failed;');
    expect(err).toContain('its last update was rolled back');
    expect(err).toContain('run the same command again: it is safe');
  });

  it('lets the SAM CLI ask for the parameters with --guided', async () => {
    aws.fake.stack = { status: 'UPDATE_COMPLETE', outputs: names };
    aws.fake.bucket = { status: 200, region: 'eu-west-1' };
    const args = ['production', 'shop-lake', '--guided', '--yes', '--stack-name', 'shop'];
    const alone = await runDeploy(args, env);
    expect(alone).toMatchObject({
      code: 2,
      err: expect.stringContaining('--guided asks questions: run it at a terminal'),
    });
    await runDeploy(args, env, true);
    expect(tools.samCalls()[1]).toMatch(
      /^deploy --guided --config-env production --stack-name shop --region eu-west-1 /,
    );
  });

  it('says that the stack is deployed when its first event gets lost', async () => {
    aws.fake.stack = { status: 'UPDATE_COMPLETE', outputs: names };
    aws.fake.bucket = { status: 200, region: 'eu-west-1' };
    const { code, err } = await runDeploy(['staging', 'shop-lake', '--yes'], env);
    expect(code).toBe(1);
    expect(err).toContain('the secret could not be read');
    expect(err).toContain(
      'the stack is deployed, but no event went all the way: millrace status --stack millrace-staging',
    );
  });
});

describe('samconfig.toml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'samconfig-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const read = (overrides: string) => {
    const file = join(folder, 'samconfig.toml');
    writeFileSync(
      file,
      `[staging.global.parameters]\nstack_name = "shop"\n[staging.deploy.parameters]\nparameter_overrides = ${overrides}\n`,
    );
    return readSamConfig(file, 'staging');
  };

  it.each([
    ['"Environment=staging Freshness=economy"', { Environment: 'staging', Freshness: 'economy' }],
    ['["Environment=staging", "WriteKey=\\"\\""]', { Environment: 'staging', WriteKey: '' }],
    ['""', {}],
  ])('parameter_overrides = %s', (text, parameters) => {
    expect(read(text)).toEqual({ stackName: 'shop', parameters });
  });

  it('is told apart from nonsense', () => {
    expect(() => read('[')).toThrow(/^samconfig.toml cannot be read: /);
    expect(() => readSamConfig(join(folder, 'none'), 'staging')).toThrow(/cannot be read/);
    read('""');
    expect(() => readSamConfig(join(folder, 'samconfig.toml'), 'production')).toThrow(/no stack_name for production/);
  });

  it.each(['staging', 'production'])('has a stack for %s', (environment) => {
    const file = join(import.meta.dirname, '../../samconfig.toml');
    expect(readSamConfig(file, environment)).toMatchObject({
      stackName: `millrace-${environment}`,
      parameters: { Environment: environment },
    });
  });
});
