import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { account, type FakeAccount, type FakeAws, startFakeAws } from './fake-aws.ts';
import { createTools, runDeploy, signedIn, type Tools } from './support.ts';

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

/** What deploy.sh runs, with nothing deployed. */
const check = (...args: string[]) => runDeploy(['staging', 'shop-lake', '--check-only', ...args], env);
const outputs = { CollectorUrl: 'http://x', LakeBucketName: 'shop-lake', WorkgroupName: 'millrace-staging' };

describe('what deploy.sh checks first', () => {
  it('says what it found, what it will make and about what that costs, and makes nothing', async () => {
    const { code, out, err } = await check();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const found = out
      .split('\n')
      .flatMap((line) => /^ {2}(ok|note|STOP) +(.*)$/.exec(line)?.slice(1, 3).join(': ') ?? []);
    expect(found).toEqual([
      `ok: SAM CLI 1.170.0, region eu-west-1, as arn:aws:iam::${account}:user/me`,
      'ok: stack millrace-staging is not there yet: it is made',
      'ok: bucket shop-lake is free: it is made',
      'ok: warehouse millrace-staging is free: it is made',
      'ok: the region has 1 VPCs, and room for one more',
      'ok: the region has 6 availability zones',
    ]);
    expect(out).toMatch(
      new RegExp(`^Makes stack millrace-staging in eu-west-1, account ${account}: 1 HTTP API, \\d functions, `, 'm'),
    );
    expect(out).toMatch(/^With Environment=staging, DataLocation=shop-lake\.$/m);
    expect(out).toMatch(/^Costs about \$[\d.]+ a month while nothing is sent and \$[\d,]+ at 100 events a second, /m);
    expect(aws.owners).toEqual([account]);
    expect(tools.samCalls()).toEqual([]);
  });

  it.each<[string, (fake: FakeAccount) => void, string]>([
    [
      'a bucket of another account',
      (fake) => (fake.bucket = { status: 403 }),
      `bucket shop-lake belongs to another account, or these credentials may not see it: choose another name, such as shop-lake-${account}`,
    ],
    [
      'a bucket that is somewhere else',
      (fake) => {
        fake.bucket = { status: 301, region: 'us-west-2' };
      },
      'bucket shop-lake belongs to another account',
    ],
    [
      'a bucket that an earlier stack left',
      (fake) => (fake.bucket = { status: 200, region: 'eu-west-1' }),
      "bucket shop-lake is in this account already and is not this stack's",
    ],
    [
      'a bucket in another region',
      (fake) => (fake.bucket = { status: 200, region: 'us-west-2' }),
      'bucket shop-lake is in this account already, in us-west-2, and this goes to eu-west-1',
    ],
    [
      'a stack whose lake is gone',
      (fake) => (fake.stack = { status: 'CREATE_COMPLETE', outputs }),
      "bucket shop-lake was this stack's lake and is gone",
    ],
    [
      'a stack whose lake is another',
      (fake) => (fake.stack = { status: 'CREATE_COMPLETE', outputs: { ...outputs, LakeBucketName: 'old-lake' } }),
      'stack millrace-staging has the lake old-lake, and what is under way to it would not be loaded from another',
    ],
    [
      'a stack that could not be made',
      (fake) => (fake.stack = { status: 'ROLLBACK_COMPLETE', outputs: {} }),
      'sam delete --stack-name millrace-staging --region eu-west-1',
    ],
    [
      'a stack that is being updated',
      (fake) => (fake.stack = { status: 'UPDATE_IN_PROGRESS', outputs }),
      'stack millrace-staging is UPDATE_IN_PROGRESS: it is being updated: wait until it has ended',
    ],
    [
      'a stack of something else',
      (fake) => (fake.stack = { status: 'CREATE_COMPLETE', outputs: {} }),
      "stack millrace-staging is there and is not Millrace's",
    ],
    [
      'a warehouse that an earlier stack left',
      (fake) => (fake.namespaces = ['millrace-staging']),
      'a Redshift Serverless namespace millrace-staging is there already',
    ],
    ['too few availability zones', (fake) => (fake.zones = 2), 'Redshift Serverless needs 3'],
  ])('stops for %s', async (_, change, message) => {
    change(aws.fake);
    const { code, out, err } = await check();
    expect(code).toBe(1);
    expect(out.split('\n').find((line) => line.startsWith('  STOP  '))).toContain(message);
    expect(out).not.toContain('Makes stack');
    expect(err).toMatch(/^millrace: nothing was deployed: .*run the same command again: it is safe/);
    expect(tools.samCalls()).toEqual([]);
  });

  it("stops for what the template's rules forbid, before anything is built", async () => {
    const { code, out } = await check('--region', 'eu-south-2');
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}STOP {2}Redshift Serverless does not offer 4 RPUs in this region: give BaseCapacity=8$/m);
  });

  it('stops for two capacities changed at once, and not for one', async () => {
    const parameters = { BaseCapacity: '4', MaxCapacity: '8' };
    aws.fake.stack = { status: 'CREATE_COMPLETE', outputs, parameters };
    aws.fake.bucket = { status: 200, region: 'eu-west-1' };
    const { out } = await check('BaseCapacity=8', 'MaxCapacity=16');
    expect(out).toContain('  STOP  BaseCapacity and MaxCapacity cannot change at once');
    expect((await check('BaseCapacity=4', 'MaxCapacity=16')).out).not.toContain('STOP');
  });

  it('says all that is wrong at once', async () => {
    aws.fake.bucket = { status: 403 };
    aws.fake.zones = 1;
    const { out, err } = await check();
    expect(out.match(/STOP/g)).toHaveLength(2);
    expect(err).toContain('2 checks say STOP');
  });

  it.each<[string, (fake: FakeAccount) => void, string]>([
    ['as many networks as a region usually has', (fake) => (fake.vpcs = 5), 'the region has 5 VPCs, and 5 is what'],
    [
      'a bucket that may not be asked for',
      (fake) => (fake.refuses.s3 = 'x'),
      'the lake bucket was not checked: HeadBucket',
    ],
    [
      'networks that may not be asked for',
      (fake) => (fake.refuses.ec2 = 'UnauthorizedOperation'),
      'the number of networks was not checked: these credentials may not ask',
    ],
    [
      'a warehouse that may not be asked for',
      (fake) => (fake.refuses['redshift-serverless'] = 'AccessDeniedException'),
      "the warehouse's name was not checked: these credentials may not ask",
    ],
    [
      'an update that was rolled back',
      (fake) => {
        fake.stack = { status: 'UPDATE_ROLLBACK_COMPLETE', outputs };
        fake.bucket = { status: 200, region: 'eu-west-1' };
      },
      'its last update was rolled back',
    ],
  ])('goes on, with a note, for %s', async (_, change, message) => {
    change(aws.fake);
    const { code, out } = await check();
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}note {2}/m);
    expect(out).toContain(message);
  });

  it('updates a stack that is there, and asks nothing about a warehouse and a network that it has', async () => {
    aws.fake.stack = { status: 'UPDATE_COMPLETE', outputs };
    aws.fake.bucket = { status: 200, region: 'eu-west-1' };
    const { code, out } = await check();
    expect(code).toBe(0);
    expect(out).toContain("bucket shop-lake is this stack's lake");
    expect(out).toContain('Updates stack millrace-staging');
    expect(out).not.toMatch(/VPC|zones|namespace/);
  });

  it('looks for a workgroup that is brought along', async () => {
    const brought = [
      'WorkgroupName=mine',
      'SecretArn=arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf',
      'CopyRoleArn=arn:aws:iam::123456789012:role/copy',
    ];
    expect((await check(...brought)).out).toContain('STOP  there is no workgroup mine in this region');
    aws.fake.workgroups = ['mine'];
    expect((await check(...brought)).out).toContain('ok    workgroup mine is there: it is used');
  });
});

describe('what stops before any check', () => {
  it.each([
    ['InvalidClientTokenId', 'AWS does not know these credentials'],
    ['ExpiredToken', 'the AWS credentials have expired: log in again'],
    ['AccessDenied', 'ask for the permission that it names'],
  ])('credentials that STS answers with %s', async (code, message) => {
    aws.fake.refuses.sts = code;
    const ran = await check();
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(message) });
  });

  it('no credentials, no region, no network', async () => {
    const { AWS_ACCESS_KEY_ID: _, ...nobody } = env;
    const { AWS_DEFAULT_REGION: __, ...nowhere } = env;
    const args = ['staging', 'shop-lake', '--check-only'];
    expect((await runDeploy(args, nobody)).err).toContain('no AWS credentials were found: set AWS_PROFILE');
    expect((await runDeploy(args, nowhere)).err).toContain('no AWS region is set: give --region');
    expect((await runDeploy([...args, '--region', 'eu-west-1'], nowhere)).code).toBe(0);
    const offline = await runDeploy(args, { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    expect(offline.err).toContain('AWS does not answer: check the network');
  });

  it('a SAM CLI that is missing, too old, or broken', async () => {
    tools.put('sam', 'echo "SAM CLI, version 1.146.0"');
    expect((await check()).err).toContain('the SAM CLI is 1.146.0, and nodejs24.x needs 1.147.1 at least: update it');
    tools.put('sam', 'echo "ImportError: no module" >&2; exit 1');
    expect((await check()).err).toContain('sam --version says no version (ImportError: no module)');
    const { code, err } = await runDeploy(['staging', 'shop-lake'], { ...env, PATH: '/nowhere' });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('the SAM CLI is not on the PATH') });
  });

  it.each([
    [[], 'the environment is missing: ./deploy.sh ENVIRONMENT LAKE-BUCKET'],
    [['staging'], 'the lake bucket is missing'],
    [['stage', 'shop-lake'], 'Environment=stage: must be staging or production'],
    [['staging', ''], 'the lake bucket is empty'],
    [['staging', 'Shop_Lake'], 'DataLocation=Shop_Lake: must be empty, or 3 to 63 lower-case letters'],
    [['staging', 'xn--lake'], 'S3 keeps "xn--" for itself'],
    [['staging', 'lake-s3alias'], 'S3 keeps "-s3alias" for itself'],
    [['staging', 'shop-lake', 'Freshness'], '"Freshness" is no parameter: write NAME=VALUE'],
    [['staging', 'shop-lake', 'Freshnes=economy'], 'there is no parameter Freshnes: did you mean Freshness?'],
    [['staging', 'shop-lake', 'Freshness=fast'], 'Freshness=fast: must be realtime, standard or economy'],
    [['staging', 'shop-lake', 'DedupeDays=many'], 'DedupeDays=many: must be'],
    [['staging', 'shop-lake', 'DedupeDays=0'], 'DedupeDays=0: must be'],
    [['staging', 'shop-lake', 'DedupeDays=1', 'DedupeDays=2'], 'DedupeDays is given twice'],
    [['staging', 'shop-lake', 'Environment=production'], 'Environment is given by position'],
    [['staging', 'shop-lake', '--stack-name', 'Shop'], '--stack-name Shop: must begin with a lower-case letter'],
    [['staging', 'shop-lake', '--stack-name', 'x'.repeat(41)], 'hold up to 40 lower-case letters'],
    [['staging', 'shop-lake', '--guide'], 'did you mean --guided?'],
  ])('%j, with 2 and what to write instead', async (args, message) => {
    const { code, out, err } = await runDeploy(args, env);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).toMatch(/\nsee \.\/deploy\.sh --help\n$/);
  });
});
