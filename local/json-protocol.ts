import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { AwsError } from './aws-error.ts';
import { isRecord } from './aws-wire.ts';
import { AccessDenied } from './iam/denial.ts';
import type { Gate } from './iam/gate.ts';
import type { Principal } from './iam/principal.ts';
import { SignatureFault } from './iam/signature-fault.ts';
import type { JsonService } from './operations.ts';
import type { Random } from './random.ts';

/** A JSON service that also has error codes of the older query protocol, which SQS's clients still read. */
export interface QueryCompatible {
  readonly queryErrors?: Readonly<Record<string, string>>;
}

export interface JsonHandlerSettings {
  readonly services: readonly (JsonService & QueryCompatible)[];
  readonly random: Random;
  readonly gate: Gate;
  /** Hears of what is no `AwsError`. */
  readonly onError: ((error: unknown) => void) | undefined;
}

/** Above any JSON request of the services here: 4 MiB of Firehose records are 5.6 MB in base64. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;

/** Answers requests of AWS's JSON protocols, whose `X-Amz-Target` is `target`. */
export const createJsonHandler = ({ services, random, gate, onError }: JsonHandlerSettings) => {
  const byTarget = new Map(services.map((service) => [service.target, service]));

  const run = async (request: IncomingMessage, service: JsonService | undefined, name: string): Promise<unknown> => {
    const body = await readBody(request);
    const head = { method: request.method ?? 'POST', url: request.url ?? '/', headers: request.rawHeaders };
    const { principal } = gate.identify(head, () => hash('sha256', body));
    const input = parseMembers(unpack(body, request.headers['content-encoding']).toString('utf8'));
    const operation = ownOf(service?.operations, name);
    if (service === undefined || operation === undefined)
      throw new AwsError('UnknownOperationException', `Unknown operation ${request.headers['x-amz-target']}`);
    checkAccess(gate, service, { name, input, principal });
    return operation(input, principal);
  };

  return async (request: IncomingMessage, response: ServerResponse, target: string): Promise<void> => {
    const dot = target.lastIndexOf('.');
    const service = byTarget.get(target.slice(0, dot));
    response.setHeader('content-type', `application/x-amz-json-${service?.protocol ?? '1.0'}`);
    response.setHeader('x-amzn-requestid', random.uuid());
    const send = (status: number, body: unknown): void => {
      const text = body === undefined ? '' : JSON.stringify(body);
      response.writeHead(status, { 'content-length': Buffer.byteLength(text) });
      response.end(text);
    };
    try {
      send(200, await run(request, service, target.slice(dot + 1)));
    } catch (error) {
      if (response.destroyed || request.socket.destroyed) return;
      const known = toAwsError(error, service);
      if (known.code === 'InternalFailure') onError?.(error);
      const queryError = service?.queryErrors?.[known.code];
      if (queryError !== undefined) {
        response.setHeader('x-amzn-query-error', `${queryError};${known.status < 500 ? 'Sender' : 'Receiver'}`);
      }
      const member = error instanceof AccessDenied ? 'Message' : (service?.messageMember ?? 'message');
      send(known.status, { __type: known.code, [member]: known.message, ...known.members });
    }
  };
};

/** What the operation says that it needs must be allowed; one that says nothing is the administrator's. */
const checkAccess = (
  gate: Gate,
  service: JsonService,
  { name, input, principal }: { name: string; input: Readonly<Record<string, unknown>>; principal: Principal },
): void => {
  const needs = ownOf(service.needs, name);
  if (needs === undefined && principal.kind !== 'administrator')
    throw new AwsError(
      'AccessDeniedException',
      `User: ${principal.name} is not authorized to perform ${service.target}.${name}: the laptop does not know which action it is`,
    );
  for (const access of needs?.(input, principal) ?? []) gate.check(principal, access);
};

const ownOf = <Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;

const toAwsError = (error: unknown, service: (JsonService & QueryCompatible) | undefined): AwsError => {
  if (error instanceof AccessDenied) return error.as(service?.spelling ?? 'plain');
  if (error instanceof AwsError) return error;
  if (error instanceof SignatureFault) return error.toJsonError();
  return new AwsError('InternalFailure', 'The request failed because of an unknown error.', 500);
};

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_JSON_BYTES) chunks.push(chunk);
  }
  if (size > MAX_JSON_BYTES)
    throw new AwsError('RequestEntityTooLargeException', 'The request body is too large.', 413);
  return Buffer.concat(chunks, size);
};

/** SDKs pack large requests of some operations, such as PutMetricData, when they have been signed for it. */
const unpack = (body: Buffer, encoding: string | undefined): Buffer => {
  if (encoding !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: MAX_JSON_BYTES });
  } catch {
    throw new AwsError('SerializationException', 'The request body is not gzip.');
  }
};

const parseMembers = (text: string): Readonly<Record<string, unknown>> => {
  let members: unknown;
  try {
    members = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON.');
  }
  if (!isRecord(members)) throw new AwsError('SerializationException', 'The request body is not a JSON object.');
  return members;
};
