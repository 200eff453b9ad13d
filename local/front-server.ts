import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerJson } from './http-api/gateway.ts';

/** Takes a request, or leaves it to the next. */
export type Handler = (message: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;

export interface FrontServer {
  listen(port: number): Promise<number>;
  /** Takes no new request; resolves when those under way have ended. */
  close(): Promise<void>;
}

const localHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;
/** The collector is open to pages of other origins, as it is in the cloud, behind its key; what reads data is not. */
const readers = /^\/(health$|console\/)/;

/** The collector and the console on one port of the loopback interface. `handlers` are asked in order. */
export const createFrontServer = (handlers: readonly Handler[], onError: (error: unknown) => void): FrontServer => {
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(message.url ?? '/', 'http://localhost');
    if (!localHost.test(message.headers.host ?? ''))
      return answerJson(response, 403, { message: 'this laptop answers itself only' });
    if (readers.test(url.pathname) && !isOwnOrigin(message))
      return answerJson(response, 403, { message: 'the console answers its own page only' });
    for (const handler of handlers) if (await handler(message, response, url)) return;
    answerJson(response, 404, { message: 'Not Found' });
  };
  const create = (): Server =>
    createServer({ keepAliveTimeout: 75_000 }, (message, response) => {
      answer(message, response).catch((error: unknown) => {
        onError(error);
        if (response.headersSent) response.destroy();
        else answerJson(response, 500, { message: 'Internal Server Error' });
      });
    });
  const servers = [create(), create()] as const;
  return {
    async listen(port) {
      const chosen = await bind(servers[0], port, '127.0.0.1');
      await bind(servers[1], chosen, '::1').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') throw error;
      });
      return chosen;
    },
    async close() {
      await Promise.all(servers.filter((server) => server.listening).map(end));
    },
  };
};

const isOwnOrigin = (message: IncomingMessage): boolean => {
  const origin = message.headers.origin;
  return origin === undefined || origin === `http://${message.headers.host}`;
};

const bind = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(isAddress(address) ? address.port : port);
    });
  });

const isAddress = (address: string | AddressInfo | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;

const end = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 2000).unref();
  });
