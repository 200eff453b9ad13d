import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Silence on the line longer than this fails the request; milliseconds. */
  readonly timeoutMs: number;
}

export interface HttpClient {
  /** Any status is an answer; rejects when there is none. */
  send(url: string, request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** Keeps up to `connections` open between requests. node:http and not fetch, whose connections can be neither counted nor closed. */
export const createHttpClient = (connections: number): HttpClient => {
  const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections };
  const plain = new http.Agent(options);
  const secure = new https.Agent(options);
  return {
    send: (url, { method, headers = {}, body, timeoutMs }) =>
      new Promise((resolve, reject) => {
        const isSecure = url.startsWith('https:');
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
        const request = (isSecure ? https : http).request(url, {
          method,
          headers: { ...headers, ...length },
          agent: isSecure ? secure : plain,
        });
        request.setTimeout(timeoutMs, () =>
          request.destroy(new Error(`no answer from ${url} within ${timeoutMs / 1000} s`)),
        );
        request.once('error', reject);
        request.once('response', (response) => {
          text(response).then(
            (content) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: content }),
            reject,
          );
        });
        request.end(body);
      }),
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
};
