import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Gate, openGate } from './iam/gate.ts';
import { createJsonHandler, type QueryCompatible } from './json-protocol.ts';
import type { JsonService } from './operations.ts';
import { createQueryHandler, isQueryRequest, type QueryService } from './query-protocol.ts';
import type { Random } from './random.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Requests whose path starts with `prefix` go here instead of to S3. */
export interface RawRoute {
  readonly prefix: string;
  readonly handle: HttpHandler;
}

export interface AwsServerSettings {
  readonly services: readonly (JsonService & QueryCompatible)[];
  readonly queryServices?: readonly QueryService[];
  /** Takes everything that no service and no route does. */
  readonly s3: HttpHandler;
  readonly routes?: readonly RawRoute[];
  readonly random: Random;
  /** Who may do what; without one everybody is the administrator. S3 has its own. */
  readonly gate?: Gate;
  /** Hears of what is no `AwsError`: a fault of ours, which the client sees as InternalFailure. */
  readonly onError?: (error: unknown) => void;
}

export interface AwsServer {
  /**
   * Listens on 127.0.0.1, where there is one on ::1, and on `also`, an address of this machine that its containers reach;
   * resolves with the port, which is chosen for 0.
   */
  listen(port: number, also?: string): Promise<number>;
  /** Takes no new request, lets those under way end for `graceMs` (default 1000), then cuts them. */
  close(graceMs?: number): Promise<void>;
}

/** Longer than SDKs keep an idle connection, so that none is cut under a request just sent. */
const KEEP_ALIVE_MS = 75_000;
/** Names of this machine; the second is Docker's, for containers. */
const LOCAL_HOST = /^(?:(?:[a-z0-9.-]+\.)?(?:localhost|host\.docker\.internal)|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** One HTTP server for all AWS services: `X-Amz-Target` picks a JSON service, a form is a query service's, all else is S3's. */
export const createAwsServer = ({
  services,
  queryServices = [],
  s3,
  routes = [],
  random,
  gate = openGate,
  onError,
}: AwsServerSettings): AwsServer => {
  const answerJson = createJsonHandler({ services, random, gate, onError });
  const answerQuery = createQueryHandler({ services: queryServices, random, gate, onError });

  const handle: HttpHandler = async (request, response) => {
    if (!isFromThisMachine(request)) {
      response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' });
      response.end('This is a laptop stand-in of AWS: it answers programs on this machine, and no web page.\n');
      return;
    }
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return answerJson(request, response, target);
    if (isQueryRequest(request)) return answerQuery(request, response);
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
  const servers = [createListener(), createListener(), createListener()] as const;

  return {
    listen: async (port, also) => {
      const [first, second, third] = servers;
      const chosen = await bind(first, port, '127.0.0.1');
      await bind(second, chosen, '::1').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE' && port !== 0) throw error;
      });
      if (also !== undefined) await bind(third, chosen, also);
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
