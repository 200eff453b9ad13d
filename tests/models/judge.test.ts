import { describe, expect, it } from 'vitest';
import type { Exchange } from './exchange.ts';
import { judge } from './judge.ts';
import { readModels } from './model.ts';
import { wireTitle } from './suite.ts';

const models = readModels();

const problemsWith = (good: Exchange, change: Partial<Exchange>): readonly string[] => {
  const verdict = models === undefined ? undefined : judge(models, { ...good, ...change });
  return [...(verdict?.requestProblems ?? ['not judged']), ...(verdict?.answerProblems ?? [])];
};

const requestId = '5c9b3f3e-6f4c-4d2a-9a55-0c8c4c7b1f10';
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const put: Exchange = {
  method: 'POST',
  url: '/',
  headers: {
    'x-amz-target': 'Firehose_20150804.PutRecord',
    'content-type': 'application/x-amz-json-1.1',
    authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/firehose/aws4_request, SignedHeaders=host',
  },
  body: json({ DeliveryStreamName: 'millrace', Record: { Data: 'eA==' } }),
  status: 200,
  answerHeaders: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
  answer: json({ RecordId: 'a', Encrypted: false }),
};
const refused = (type: string, members: object = { message: 'm' }) => ({
  status: 400,
  answer: json({ __type: type, ...members }),
});

const queue: Exchange = {
  ...put,
  headers: { 'x-amz-target': 'AmazonSQS.GetQueueUrl', 'content-type': 'application/x-amz-json-1.0' },
  body: json({ QueueName: 'nope' }),
  ...refused('com.amazonaws.sqs#QueueDoesNotExist'),
  answerHeaders: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': requestId,
    'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender',
  },
};

const xml = (text: string): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
const s3Headers = { 'x-amz-request-id': 'R', 'x-amz-id-2': 'H', 'content-type': 'application/xml' };
const inNamespace = (root: string, content: string): Buffer =>
  xml(`<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`);
const object = (time: string): string => `<Contents><Key>k</Key><LastModified>${time}</LastModified></Contents>`;
const list: Exchange = {
  method: 'GET',
  url: '/lake?list-type=2&max-keys=2',
  headers: { host: 'localhost:8788' },
  body: Buffer.alloc(0),
  status: 200,
  answerHeaders: s3Headers,
  answer: inNamespace('ListBucketResult', `<Name>lake</Name>${object('2026-11-22T10:00:00.000Z')}`),
};
const s3Error = (code: string, more = '<HostId>H</HostId>') =>
  xml(`<Error><Code>${code}</Code><Message>m</Message><RequestId>R</RequestId>${more}</Error>`);
const remove: Exchange = { ...list, method: 'DELETE', url: '/lake/k', status: 204, answer: Buffer.alloc(0) };

const stacksNamespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
const stacks: Exchange = {
  ...list,
  method: 'POST',
  url: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from('Action=DescribeStacks&Version=2010-05-15&StackName=millrace'),
  status: 400,
  answerHeaders: { 'content-type': 'text/xml' },
  answer: xml(
    `<ErrorResponse xmlns="${stacksNamespace}"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>m</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  ),
};

describe.skipIf(models === undefined)(`a judge of ${wireTitle}`, () => {
  it.each([
    ['AWS JSON 1.1', put],
    ['AWS JSON 1.0', queue],
    ['REST and XML', list],
    ['no content', remove],
    ['the query protocol', stacks],
  ])('finds nothing wrong with what AWS says in %s', (_, exchange) => {
    expect(problemsWith(exchange, {})).toEqual([]);
  });

  it.each<[string, Exchange, Partial<Exchange>, RegExp]>([
    [
      'an unknown member',
      put,
      { body: json({ DeliveryStreamName: 'm', Record: { Data: '' }, X: 1 }) },
      /unknown member X/,
    ],
    ['a missing member', put, { body: json({ DeliveryStreamName: 'm' }) }, /request lacks Record/],
    ['a wrong type', put, { body: json({ DeliveryStreamName: 7, Record: { Data: '' } }) }, /is no string/],
    ['a pattern', put, { body: json({ DeliveryStreamName: 'a b', Record: { Data: '' } }) }, /does not match/],
    ['a length', put, { body: json({ DeliveryStreamName: 'a'.repeat(65), Record: { Data: '' } }) }, /more than 64/],
    ['no base64', put, { body: json({ DeliveryStreamName: 'm', Record: { Data: '{}' } }) }, /is no base64/],
    ['no JSON', put, { body: Buffer.from('{') }, /request is no JSON/],
    [
      'an unknown operation',
      put,
      { headers: { ...put.headers, 'x-amz-target': 'Firehose_20150804.Fly' } },
      /no operation/,
    ],
    ['the content type', put, { headers: { ...put.headers, 'content-type': 'application/json' } }, /content type/],
    [
      'a signature for another',
      put,
      { headers: { ...put.headers, authorization: 'Credential=A/20261122/x/s3/aws4_request' } },
      /signed for s3/,
    ],
    ['an answer without its id', put, { answerHeaders: { 'content-type': 'application/x-amz-json-1.1' } }, /requestid/],
    [
      'an unknown member of an answer',
      put,
      { answer: json({ RecordId: 'a', Encryption: false }) },
      /unknown member Encryption/,
    ],
    ['a null', put, { answer: json({ RecordId: null }) }, /RecordId is no string/],
    ['an error that is not declared', put, refused('BucketAlreadyExists'), /is no error of PutRecord/],
    ['an error spelt wrong', put, refused('ResourceNotFoundException', { Message: 'm' }), /unknown member Message/],
    ['the status of an error', put, { ...refused('ServiceUnavailableException') }, /has status 503, not 400/],
    [
      'the older name of an error',
      queue,
      { answerHeaders: { ...queue.answerHeaders, 'x-amzn-query-error': 'QueueDoesNotExist;Sender' } },
      /NonExistentQueue;Sender/,
    ],
    ['an unknown query parameter', list, { url: '/lake?list-type=2&max_keys=2' }, /unknown query parameter max_keys/],
    ['a number that is none', list, { url: '/lake?list-type=2&max-keys=two' }, /max-keys cannot be two/],
    ['an unknown header', list, { headers: { ...list.headers, 'x-amz-lake': '1' } }, /unknown header x-amz-lake/],
    ['the root element', list, { answer: inNamespace('ListResult', '') }, /the root is <ListResult>/],
    [
      'an unknown element',
      list,
      { answer: inNamespace('ListBucketResult', '<Bucket>lake</Bucket>') },
      /unknown <ListBucketResult><Bucket>/,
    ],
    [
      'a time',
      list,
      { answer: inNamespace('ListBucketResult', object('1795341600')) },
      /<LastModified> is no timestamp/,
    ],
    ['the namespace', list, { answer: xml('<ListBucketResult></ListBucketResult>') }, /namespace/],
    ['broken XML', list, { answer: xml('<ListBucketResult>') }, /no XML/],
    ['a status', remove, { status: 200 }, /status 200, not 204/],
    ['an S3 error that S3 has not', list, { status: 404, answer: s3Error('NoBucket') }, /NoBucket is no error/],
    ['the status of an S3 error', list, { status: 400, answer: s3Error('NoSuchBucket') }, /status 404, not 400/],
    ['an S3 error without an element', list, { status: 404, answer: s3Error('NoSuchBucket', '') }, /lacks <HostId>/],
    ['a subresource that S3 has not', list, { url: '/lake?colour' }, /unknown query parameter colour/],
    [
      'an unknown form parameter',
      stacks,
      { body: Buffer.from(`${stacks.body}&Colour=red`) },
      /unknown parameter Colour/,
    ],
    ['an unknown action', stacks, { body: Buffer.from('Action=Fly&Version=2010-05-15') }, /no operation Fly/],
    ['an answer of the other kind', stacks, { status: 200 }, /the root is <ErrorResponse>/],
  ])('finds %s', (_, exchange, change, problem) => {
    expect(problemsWith(exchange, change).join('\n')).toMatch(problem);
  });

  it.each([
    ['a route of the laptop', { url: '/cloudformation-custom-resource-response/1' }],
    ['what a browser is refused', { status: 403, answer: Buffer.from('This is a laptop stand-in') }],
  ])('leaves %s alone', (_, change) => {
    expect(problemsWith(list, change)).toEqual(['not judged']);
  });
});
