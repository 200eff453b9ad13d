import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from './aws-error.ts';
import { isRecord } from './aws-wire.ts';
import type { JsonService } from './operations.ts';
import type { Random } from './random.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Requests whose path starts with `prefix` go here instead of to S3. */
export interface RawRoute {
  readonly prefix: string;
  readonly handle: HttpHandler;
}

/** A JSON service that also has error codes of the older query protocol, which SQS's clients still read. */
export interface QueryCompatible {
  readonly queryErrors?: Readonly<Record<string, string>>;
}

export interface AwsServerSettings {
  readonly services: readonly (JsonService & QueryCompatible)[];
  /** Takes everything that no service and no route does. */
  readonly s3: HttpHandler;
  readonly routes?: readonly RawRoute[];
  readonly random: Random;
  /** Hears of what is no `AwsError`: a fault of ours, which the client sees as InternalFailure. */
  readonly onError?: (error: unknown) => void;
}

export interface AwsServer {
  /** Listens on 127.0.0.1 and, where there is one, on ::1; resolves with the port, which is chosen for 0. */
  listen(port: number): Promise<number>;
  /** Takes no new request, lets those under way end for `graceMs` (default 1000), then cuts them. */
  close(graceMs?: number): Promise<void>;
}

/** Above any JSON request of the services here: 4 MiB of Firehose records are 5.6 MB in base64. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** Longer than SDKs keep an idle connection, so that none is cut under a request just sent. */
const KEEP_ALIVE_MS = 75_000;
const LOCAL_HOST = /^(?:(?:[a-z0-9.-]+\.)?localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** One HTTP server for all AWS services: `X-Amz-Target` picks a JSON service, everything else is S3. */
export const createAwsServer = ({ services, s3, routes = [], random, onError }: AwsServerSettings): AwsServer => {
  const byTarget = new Map(services.map((service) => [service.target, service]));

  const handle: HttpHandler = async (request, response) => {
    if (!isFromThisMachine(request)) {
      response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' });
      response.end('This is a laptop stand-in of AWS: it answers programs on this machine, and no web page.\n');
      return;
    }
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return answerJson({ request, response, target, byTarget, random, onError });
    const route = routes.find(({ prefix }) => request.url?.startsWith(prefix));
    return (route?.handle ?? s3)(request, response);
  };

  const createListener = (): Server =>
    createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
      Promise.resolve(handle(request, response)).catch((error: unknown) => {
        onError?.(error);
        response.destroy();
      });
    });
  const servers = [createListener(), createListener()] as const;

  return {
    listen: async (port) => {
      const [first, second] = servers;
      const chosen = await bind(first, port, '127.0.0.1');
      await bind(second, chosen, '::1').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE' && port !== 0) throw error;
      });
      return chosen;
    },
    close: async (graceMs = 1_000) => {
      await Promise.all(servers.filter((server) => server.listening).map((server) => end(server, graceMs)));
    },
  };
};

const bind = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

const end = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });

/** A page in a browser can send requests here, but not without an Origin, a foreign Host or a Sec-Fetch-Site that tells. */
const isFromThisMachine = ({ headers }: IncomingMessage): boolean =>
  headers.origin === undefined &&
  LOCAL_HOST.test(headers.host ?? '') &&
  !['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']));

const answerJson = async ({
  request,
  response,
  target,
  byTarget,
  random,
  onError,
}: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
  readonly byTarget: ReadonlyMap<string, JsonService & QueryCompatible>;
  readonly random: Random;
  readonly onError: ((error: unknown) => void) | undefined;
}): Promise<void> => {
  const dot = target.lastIndexOf('.');
  const service = byTarget.get(target.slice(0, dot));
  const name = target.slice(dot + 1);
  response.setHeader('content-type', `application/x-amz-json-${service?.protocol ?? '1.0'}`);
  response.setHeader('x-amzn-requestid', random.uuid());
  const send = (status: number, body: unknown): void => {
    const text = body === undefined ? '' : JSON.stringify(body);
    response.writeHead(status, { 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };

  try {
    const input = parseMembers(await readBody(request));
    const operation =
      service !== undefined && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
    if (operation === undefined) throw new AwsError('UnknownOperationException', `Unknown operation ${target}`);
    send(200, await operation(input));
  } catch (error) {
    if (response.destroyed || request.socket.destroyed) return;
    if (!(error instanceof AwsError)) onError?.(error);
    const known =
      error instanceof AwsError
        ? error
        : new AwsError('InternalFailure', 'The request failed because of an unknown error.', 500);
    const queryError = service?.queryErrors?.[known.code];
    if (queryError !== undefined) {
      response.setHeader('x-amzn-query-error', `${queryError};${known.status < 500 ? 'Sender' : 'Receiver'}`);
    }
    send(known.status, {
      __type: known.code,
      [service?.messageMember ?? 'message']: known.message,
      ...known.members,
    });
  }
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_JSON_BYTES) chunks.push(chunk);
  }
  if (size > MAX_JSON_BYTES)
    throw new AwsError('RequestEntityTooLargeException', 'The request body is too large.', 413);
  return Buffer.concat(chunks, size).toString('utf8');
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
