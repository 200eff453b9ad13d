import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.ts';

/**
 * Tells of every exchange that HTTP servers of this process answer, through Node's own diagnostics channels: the servers know
 * nothing of it. Bytes are copied on their way past, so that nothing flows earlier or later than it would. Returns how to stop.
 */
export const recordExchanges = (take: (exchange: Exchange) => void): (() => void) => {
  const onStart = (message: unknown): void => {
    const { request, response } = parseMessage(message);
    const body = tap(request, 'push');
    const ended = tap(response, 'end');
    const written = tap(response, 'write');
    const head = tapHead(response);
    response.once('finish', () =>
      take({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: toText(request.headers),
        body: Buffer.concat(body),
        status: response.statusCode,
        answerHeaders: { ...toText(response.getHeaders()), ...toText(head) },
        answer: Buffer.concat([...written, ...ended]),
      }),
    );
  };
  subscribe('http.server.request.start', onStart);
  return () => unsubscribe('http.server.request.start', onStart);
};

interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const parseMessage = (message: unknown): Started => message as Started;

/** What goes into a stream by one of its methods from now on. */
const tap = (stream: object, method: 'push' | 'write' | 'end'): Buffer[] => {
  const chunks: Buffer[] = [];
  const original: unknown = Reflect.get(stream, method);
  if (typeof original !== 'function') throw new Error(`the stream has no ${method}`);
  Reflect.set(stream, method, (...args: unknown[]) => {
    const [chunk] = args;
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    return Reflect.apply(original, stream, args);
  });
  return chunks;
};

/** Headers given to writeHead: a response that had none before keeps them to itself. */
const tapHead = (response: ServerResponse): OutgoingHttpHeaders => {
  const head: OutgoingHttpHeaders = {};
  const original = response.writeHead;
  Reflect.set(response, 'writeHead', (...args: unknown[]) => {
    Object.assign(
      head,
      args.findLast((argument) => typeof argument === 'object'),
    );
    return Reflect.apply(original, response, args);
  });
  return head;
};

const toText = (headers: IncomingHttpHeaders | OutgoingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value)]],
    ),
  );
