import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../aws-error.ts';
import type { HttpHandler } from '../aws-server.ts';
import { AccessDenied } from '../iam/denial.ts';
import { type Gate, openGate } from '../iam/gate.ts';
import { SignatureFault } from '../iam/signature-fault.ts';
import type { Random } from '../random.ts';
import { checkAccess, hideMissing, identify } from './access.ts';
import { methodNotAllowed, notImplemented } from './errors.ts';
import { answerXml, type Exchange } from './exchange.ts';
import { hostId, requestId } from './notifications.ts';
import type { S3 } from './s3.ts';
import * as buckets from './wire-buckets.ts';
import * as objects from './wire-objects.ts';
import * as uploads from './wire-uploads.ts';
import { toXml, type XmlElement } from './xml.ts';

/** S3's REST protocol over the behaviour; buckets in the path or in front of the host. */
export const createS3Handler =
  ({
    s3,
    random,
    region,
    gate = openGate,
    onError,
  }: {
    readonly s3: S3;
    readonly random: Random;
    readonly region: string;
    /** Who may do what; without one everybody is the administrator. */
    readonly gate?: Gate;
    readonly onError?: (error: unknown) => void;
  }): HttpHandler =>
  async (request, response) => {
    const id = requestId(random);
    response.setHeader('x-amz-request-id', id);
    response.setHeader('x-amz-id-2', hostId(random));
    response.setHeader('server', 'AmazonS3');
    try {
      const exchange = toExchange({ request, response, gate, caller: identify(gate, request) });
      await route(s3, exchange, region).catch((error: unknown) => Promise.reject(hideMissing(exchange, error)));
    } catch (error) {
      answerError({ request, response, id, error, ...(onError === undefined ? {} : { onError }) });
    }
  };

/** Queries that pick an operation; whatever else is there only shapes one. */
// biome-ignore format: a list of words
const SUBRESOURCES = [
  'uploads', 'uploadId', 'delete', 'location', 'versioning', 'acl', 'policy', 'tagging', 'cors', 'lifecycle', 'notification',
  'encryption', 'versions', 'website', 'logging', 'replication', 'requestPayment', 'accelerate', 'publicAccessBlock',
  'ownershipControls', 'policyStatus', 'object-lock', 'legal-hold', 'retention', 'select', 'restore', 'torrent', 'attributes',
  'inventory', 'metrics', 'analytics', 'intelligent-tiering', 'append',
];

const route = async (s3: S3, exchange: Exchange, region: string): Promise<void> => {
  const { bucket, key, query, method, request } = exchange;
  const subresource = SUBRESOURCES.find((name) => query.has(name));
  const level = key !== '' ? 'object' : bucket !== '' ? 'bucket' : 'root';
  const copies = request.headers['x-amz-copy-source'] !== undefined;
  const operation = `${method} ${level}${subresource === undefined ? '' : `?${subresource}`}`;
  checkAccess(operation, exchange);
  switch (operation) {
    case 'GET root':
      return buckets.listBuckets(s3, exchange);
    case 'PUT bucket':
      return buckets.createBucket(s3, exchange);
    case 'HEAD bucket':
      return buckets.headBucket(s3, exchange, region);
    case 'GET bucket':
      return query.get('list-type') === '2' ? buckets.listObjectsV2(s3, exchange) : buckets.listObjectsV1(s3, exchange);
    case 'GET bucket?location':
      return buckets.getBucketLocation(s3, exchange, region);
    case 'POST bucket?delete':
      return buckets.deleteObjects(s3, exchange);
    case 'PUT object':
      return copies ? objects.copyObject(s3, exchange) : objects.putObject(s3, exchange);
    case 'GET object':
      return objects.getObject(s3, exchange);
    case 'HEAD object':
      return objects.headObject(s3, exchange);
    case 'DELETE object':
      return objects.deleteObject(s3, exchange);
    case 'POST object?uploads':
      return uploads.createUpload(s3, exchange);
    case 'PUT object?uploadId':
      return copies ? uploads.copyPart(s3, exchange) : uploads.putPart(s3, exchange);
    case 'GET object?uploadId':
      return uploads.listParts(s3, exchange);
    case 'POST object?uploadId':
      return uploads.completeUpload(s3, exchange);
    case 'DELETE object?uploadId':
      return uploads.abortUpload(s3, exchange);
    default:
      throw subresource === undefined ? methodNotAllowed(method) : notImplemented(`${method} ?${subresource}`);
  }
};

const toExchange = ({
  request,
  response,
  ...who
}: Pick<Exchange, 'request' | 'response' | 'gate' | 'caller'>): Exchange => {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const inHost = /^(.+)\.(?:localhost|host\.docker\.internal)(?::\d+)?$/i
    .exec(request.headers.host ?? '')?.[1]
    ?.toLowerCase();
  const rest = decodePath(path).replace(/^\//, '');
  const slash = rest.indexOf('/');
  const [bucket, key] =
    inHost !== undefined ? [inHost, rest] : slash < 0 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash + 1)];
  return { request, response, method: request.method ?? 'GET', bucket, key, query, ...who };
};

/** Not `new URL`: that would resolve `..` and `%2e%2e`, which are ordinary characters of a key. */
const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400, { URI: path });
  }
};

const answerError = ({
  request,
  response,
  id,
  error,
  onError,
}: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly id: string;
  readonly error: unknown;
  readonly onError?: (error: unknown) => void;
}): void => {
  const known = toAwsError(error);
  const isGone = response.destroyed || request.socket.destroyed;
  if (known.code === 'InternalError' && !isGone) onError?.(error);
  if (response.headersSent || isGone) {
    response.destroy();
    return;
  }
  request.resume(); // lets a client that is still sending come to the end and read the answer
  if (request.method === 'HEAD') {
    response.writeHead(known.status);
    response.end();
    return;
  }
  const members = Object.entries(known.members).map(([name, value]): XmlElement => [name, String(value)]);
  const children: readonly XmlElement[] = [
    ['Code', known.code],
    ['Message', known.message],
    ...members,
    ['Resource', (request.url ?? '/').split('?')[0] ?? '/'],
    ['RequestId', id],
    ['HostId', String(response.getHeader('x-amz-id-2'))],
  ];
  answerXml({ response }, toXml('Error', children, { namespace: false }), known.status);
};

const toAwsError = (error: unknown): AwsError => {
  if (error instanceof AccessDenied) return error.as('s3');
  if (error instanceof AwsError) return error;
  if (error instanceof SignatureFault) return error.toS3Error();
  return new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500);
};
