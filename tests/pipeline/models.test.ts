import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPipelineParts } from '#aws/pipeline.ts';
import { createUsageLimits } from '#aws/redshift-serverless.ts';
import { startStandIns } from '../contract/stand-ins.ts';
import { collectStatements } from '../house/sql/collect.ts';
import { toPattern } from '../house/sql/pattern.ts';
import { type Exchange, parseLine } from '../models/exchange.ts';
import { judge, type Verdict } from '../models/judge.ts';
import { readModels } from '../models/model.ts';
import { recordExchanges } from '../models/record.ts';
import { answerProblems, requestProblems, wireTitle } from '../models/suite.ts';
import { eventually, type Laptop, newFolder, run, startLaptop, stopLaptops } from './laptop.ts';

const project = join(import.meta.dirname, '../..');
const models = readModels();

/** Every path of the pipeline: a first start, good and bad events, an object at fault beside a good one, a second start. */
const tour = async (): Promise<readonly Exchange[]> => {
  const [folder, log] = [newFolder(), join(newFolder(), 'exchanges')];
  const preload = `${import.meta.resolve('../models/record-to-file.ts')}?to=${encodeURIComponent(log)}`;
  const start = () => startLaptop(folder, ['--freshness', 'realtime'], ['--import', preload]);

  const first = await start();
  const settings = {
    endpoint: first.awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  };
  const event = {
    kind: 'event',
    event_name: 'a',
    event_time: '2026-11-22 10:00:00.000',
    received_at: '2026-11-22 10:00:00.000',
  };
  const put = (name: string, event_id: string) => {
    const Body = gzipSync(`${JSON.stringify({ ...event, event_id })}\n`);
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    return s3.send(new PutObjectCommand({ Bucket: 'millrace-lake-local', Key: `landed/${name}.json.gz`, Body }));
  };
  const Records = ['{"event_id":"tour-1","event_name":"a"}', 'no json'].map((text) => ({ Data: Buffer.from(text) }));
  await Promise.all([
    first.send('[{"event_id":"tour-2","event_name":"a"},{"event_id":"tour-2","event_name":"a"},7]'),
    new FirehoseClient(settings).send(new PutRecordBatchCommand({ DeliveryStreamName: 'millrace-local', Records })),
    put('good', 'tour-3'),
    put("it's bad", 'x'.repeat(200)),
  ]);
  const rows = () =>
    first.query(
      "SELECT (SELECT COUNT(*) FROM millrace.events WHERE event_id LIKE 'tour-%') AS events, (SELECT COUNT(*) FROM millrace.load_errors) AS errors",
    );
  await eventually(rows, ([row]) => Number(row?.events) === 3 && Number(row?.errors) > 0);
  await operate(first);
  await first.interrupt();
  const second = await start();
  await second.interrupt();
  const recorded = readFileSync(log, 'utf8').trimEnd().split('\n').map(parseLine);
  const hosts = [first, second].map(({ awsUrl }) => new URL(awsUrl).port);
  return recorded.filter(({ headers }) => hosts.includes(new URL(`http://${headers.host}`).port));
};

/** What the reconciler asks, and what only the operations of the CLI do to the lake and the queues. */
const operate = async (laptop: Laptop): Promise<void> => {
  const { resources } = await laptop.health();
  const names = { ...resources, cluster: undefined, secretArn: undefined };
  const { lake, queue, deadLetters, close } = createPipelineParts({ laptop: laptop.awsUrl }, names);
  const failed = JSON.stringify({ errorCode: 'Lambda.FunctionError', rawData: 'e30=' });
  await lake.put('failed/processing-failed/2026/11/22/10/a', Buffer.from(failed));
  const { code, output } = await run('local/invoke/main.ts', ['reconciler', 'by-hand', '--url', laptop.url]);
  expect(code, output).toBe(0);
  await lake.remove('failed/processing-failed/2026/11/22/10/a');
  await queue.depth();
  await deadLetters.send(['one', 'two']);
  const received = await deadLetters.receive(30, 1);
  await deadLetters.release(received.slice(0, 1));
  await deadLetters.remove(received.slice(1));
  close();
};

/** What the migrator does when a stack goes away, which a laptop's never does. */
const tearDown = async (): Promise<readonly Exchange[]> => {
  const exchanges: Exchange[] = [];
  const stop = recordExchanges((exchange) => void exchanges.push(exchange));
  const standIns = await startStandIns();
  const client = new RedshiftServerlessClient(standIns.client);
  const limits = createUsageLimits(client);
  const workgroup = 'arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/millrace';
  const limit = { resourceArn: workgroup, amount: 1, period: 'daily', breachAction: 'log' } as const;
  await limits.remove(await limits.set(limit));
  client.destroy();
  await standIns.stop();
  stop();
  return exchanges;
};

const statementsOf = ({ headers, body }: Exchange): string[] => {
  if (!/^RedshiftData\.\w*ExecuteStatement$/.test(headers['x-amz-target'] ?? '')) return [];
  const { Sql, Sqls } = JSON.parse(body.toString('utf8'));
  return Sqls ?? [Sql];
};

/** Names of the operations that the functions can call, from the SDK commands that their adapters in aws/ make. */
const callsOfFunctions = (): readonly string[] => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, name] of text.matchAll(/from '(?:#aws|\.)\/([\w-]+\.ts)'/g)) visit(join(project, 'aws', name ?? ''));
  };
  const functions = readdirSync(join(project, 'functions'), { recursive: true, encoding: 'utf8' });
  for (const name of functions.filter((file) => file.endsWith('.ts')))
    for (const [, file] of readFileSync(join(project, 'functions', name), 'utf8').matchAll(
      /from '#aws\/([\w-]+\.ts)'/g,
    ))
      visit(join(project, 'aws', file ?? ''));
  const texts = [...seen].map((file) => readFileSync(file, 'utf8')).join('\n');
  return [...new Set([...texts.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name))].sort();
};

describe.skipIf(models === undefined)(`a tour of the pipeline: ${wireTitle}`, () => {
  let exchanges: readonly Exchange[] = [];
  let verdicts: readonly Verdict[] = [];
  beforeAll(async () => {
    exchanges = [...(await tour()), ...(await tearDown())];
    verdicts = exchanges.flatMap((exchange) => (models === undefined ? [] : (judge(models, exchange) ?? [])));
  }, 120_000);
  afterAll(stopLaptops);

  it('every request is one that AWS takes', () => {
    expect(requestProblems(verdicts)).toEqual([]);
  });

  it('every answer is one that AWS could give', () => {
    expect(answerProblems(verdicts)).toEqual([]);
  });

  it('CloudFormation is answered in its form, without the content type that its signature lacks', () => {
    const answers = exchanges.filter(({ url }) => url.startsWith('/cloudformation-custom-resource-response/'));
    // Both starts bring the schema up to date.
    expect(answers.length).toBeGreaterThanOrEqual(2);
    for (const { method, headers, body, status } of answers) {
      expect([method, headers['content-type'], status]).toEqual(['PUT', undefined, 200]);
      expect(body.length).toBeLessThanOrEqual(4096);
      expect(JSON.parse(body.toString())).toEqual({
        Status: 'SUCCESS',
        PhysicalResourceId: expect.stringMatching(/./),
        StackId: expect.stringMatching(/^arn:aws:cloudformation:/),
        RequestId: expect.any(String),
        LogicalResourceId: expect.any(String),
      });
    }
  });

  it('every statement is one that the checks of our SQL have seen', async () => {
    const known = new Set((await collectStatements()).map(({ sql }) => toPattern(sql)));
    const sent = exchanges.flatMap(statementsOf).filter((sql) => !sql.includes("'tour-%'"));
    expect(sent.length).toBeGreaterThan(20);
    expect(sent.map(toPattern).filter((pattern) => !known.has(pattern))).toEqual([]);
  });

  it('has seen every operation that a function can call', () => {
    const operations = new Set(verdicts.map(({ operation }) => operation));
    expect(callsOfFunctions().length).toBeGreaterThan(5);
    expect(callsOfFunctions().filter((name) => !operations.has(name))).toEqual([]);
  });
});
