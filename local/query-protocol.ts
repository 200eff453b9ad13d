import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { AwsError } from './aws-error.ts';
import type { Gate } from './iam/gate.ts';
import type { Principal } from './iam/principal.ts';
import { SignatureFault } from './iam/signature-fault.ts';
import type { Random } from './random.ts';
import { toDocument, type XmlElement } from './xml.ts';

/** The wire of one service of AWS's older query protocol: a form comes in (`Action=…&Version=…`), XML goes out. */
export interface QueryService {
  /** The API's version, by which one endpoint tells its services apart. */
  readonly version: string;
  readonly namespace: string;
  /** Each answers with the members of its result. Throws `AwsError`. */
  readonly operations: Readonly<Record<string, (input: URLSearchParams, caller: Principal) => readonly XmlElement[]>>;
  /** Operations that need no permission; all others are the administrator's alone. */
  readonly free?: readonly string[];
}

export interface QueryHandlerSettings {
  readonly services: readonly QueryService[];
  readonly random: Random;
  readonly gate: Gate;
  /** Hears of what is no `AwsError`. */
  readonly onError: ((error: unknown) => void) | undefined;
}

/** A form posted to the root: S3 takes forms too (`curl --data` sends one), but never there. */
export const isQueryRequest = ({ method, url, headers }: IncomingMessage): boolean =>
  method === 'POST' && url === '/' && headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;

export const createQueryHandler =
  ({ services, random, gate, onError }: QueryHandlerSettings) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const input = new URLSearchParams(body);
    const action = input.get('Action') ?? '';
    const service = services.find(({ version }) => version === input.get('Version'));
    const requestId: XmlElement = ['RequestId', random.uuid()];
    const send = (status: number, root: string, content: readonly XmlElement[]): void => {
      const document = toDocument(root, content, service?.namespace);
      response.writeHead(status, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(document) });
      response.end(document);
    };
    try {
      const caller = identify(gate, request, body);
      const operation =
        service !== undefined && Object.hasOwn(service.operations, action) ? service.operations[action] : undefined;
      if (operation === undefined)
        throw new AwsError('InvalidAction', `The action ${action} is not valid for this web service.`);
      if (caller.kind !== 'administrator' && service?.free?.includes(action) !== true)
        throw new AwsError('AccessDenied', `User: ${caller.name} is not authorized to perform: ${action}`, 403);
      send(200, `${action}Response`, [
        [`${action}Result`, operation(input, caller)],
        ['ResponseMetadata', [requestId]],
      ]);
    } catch (error) {
      const { code, message, status } = toAwsError(error);
      if (code === 'InternalFailure') onError?.(error);
      const fault: readonly XmlElement[] = [
        ['Type', status < 500 ? 'Sender' : 'Receiver'],
        ['Code', code],
        ['Message', message],
      ];
      send(status, 'ErrorResponse', [['Error', fault], requestId]);
    }
  };

const identify = (gate: Gate, { method = 'POST', url = '/', rawHeaders }: IncomingMessage, body: string): Principal =>
  gate.identify({ method, url, headers: rawHeaders }, () => hash('sha256', body)).principal;

const toAwsError = (error: unknown): AwsError => {
  if (error instanceof AwsError) return error;
  if (error instanceof SignatureFault) return error.toQueryError();
  return new AwsError('InternalFailure', 'The request failed because of an unknown error.', 500);
};
