import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Laptop, newFolder, startLaptop, stopLaptops } from './laptop.ts';

/** Whether a program is there and works; without it its tests are skipped, which CI does not allow. */
const works = (program: string, args: readonly string[]): boolean => spawnSync(program, args).status === 0;
const hasBoto3 = works('python3', ['-c', 'import boto3']);
const hasAwsCli = works('aws', ['--version']);

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop(newFolder());
});
afterAll(stopLaptops);

/** Runs a client that knows of the laptop only through AWS's own environment variables. */
const client = (program: string, args: readonly string[], input?: string): string => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH ?? '',
      HOME: newFolder(),
      AWS_ENDPOINT_URL: laptop.awsUrl,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'anything',
      AWS_SECRET_ACCESS_KEY: 'anything',
    },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
};
const aws = (...args: string[]): string => client('aws', args);
const awsJson = (...args: string[]) => JSON.parse(aws(...args, '--output', 'json'));

/** The producer of the tutorial that people start from, as it stands but for the stream's name. */
const tutorial = `
import boto3, json, random
from datetime import datetime
firehose = boto3.client('firehose')
names = ['JOIN', 'LEAVE', 'OPEN_CHAT', 'SUBSCRIBE', 'SEND_MESSAGE']
for i in range(40):
    event = {'event_time': datetime.utcnow().isoformat(), 'event_name': random.choice(names), 'user': 'user-%d' % i}
    firehose.put_record(DeliveryStreamName='millrace-local', Record={'Data': json.dumps(event)})
records = [{'Data': json.dumps({'event_time': datetime.utcnow().isoformat(), 'event_name': 'JOIN', 'user': 'batch-%d' % i}) + '\\n'} for i in range(60)]
answer = firehose.put_record_batch(DeliveryStreamName='millrace-local', Records=records)
assert answer['FailedPutCount'] == 0, answer
`;

describe.skipIf(!hasBoto3)('boto3', () => {
  it("the tutorial's producer works unchanged: each of its events is a row, once", async () => {
    client('python3', ['-W', 'ignore', '-'], tutorial);
    const sql =
      "SELECT COUNT(*) AS n, COUNT(DISTINCT user_id) AS users FROM millrace.events WHERE user_id LIKE 'user-%' OR user_id LIKE 'batch-%'";
    const [row] = await eventually(
      () => laptop.query(sql),
      (rows) => Number(rows[0]?.n) === 100,
    );
    expect(row).toEqual({ n: 100, users: 100 });
  });
});

describe.skipIf(!hasAwsCli)('AWS CLI', () => {
  it('puts a record, reads the lake, queries the warehouse and looks into the queue', async () => {
    const record = JSON.stringify({ Data: '{"event_id":"cli-1","event_name":"JOIN"}' });
    aws('firehose', 'put-record', '--delivery-stream-name', 'millrace-local', '--record', record);
    const rows = await eventually(
      () => laptop.query("SELECT event_name FROM millrace.events WHERE event_id = 'cli-1'"),
      (found) => found.length > 0,
    );
    expect(rows).toEqual([{ event_name: 'join' }]);

    const folder = newFolder();
    aws('s3', 'cp', '--recursive', '--quiet', 's3://millrace-lake-local/landed/', folder);
    const files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.json.gz'));
    const lines = files.flatMap((name) =>
      gunzipSync(readFileSync(join(folder, name)))
        .toString()
        .trim()
        .split('\n'),
    );
    expect(lines.map((line) => JSON.parse(line).event_id)).toContain('cli-1');
    expect(aws('s3', 'ls', 's3://millrace-lake-local/')).toContain('PRE landed/');

    const where = ['--workgroup-name', 'millrace', '--database', 'millrace'];
    const { Id } = awsJson(
      'redshift-data',
      'execute-statement',
      ...where,
      '--sql',
      "SELECT event_name FROM millrace.events WHERE event_id = 'cli-1'",
    );
    const status = await eventually(
      async () => awsJson('redshift-data', 'describe-statement', '--id', Id).Status,
      (word) => word === 'FINISHED',
    );
    expect(status).toBe('FINISHED');
    expect(awsJson('redshift-data', 'get-statement-result', '--id', Id).Records).toEqual([[{ stringValue: 'join' }]]);

    const { resources } = await laptop.health();
    // The AWS CLI's first version does not follow AWS_ENDPOINT_URL for SQS, only the flag.
    const queue = ['--endpoint-url', laptop.awsUrl, '--queue-url', resources.deadLetterQueueUrl];
    expect(aws('sqs', 'receive-message', ...queue)).toBe('');
    expect(
      awsJson('secretsmanager', 'get-secret-value', '--secret-id', 'millrace-local/write-key').SecretString,
    ).toContain('local-write-key');
  });
});
