import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, Gate } from '../iam/gate.ts';
import { notImplemented } from './errors.ts';

/** One S3 request and the response under way. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Empty at the root. */
  readonly bucket: string;
  /** Empty when the request is about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly caller: Caller;
  readonly gate: Gate;
}

/** One request header, joined when it came twice. */
export const header = ({ request }: Exchange, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

export const answerXml = ({ response }: Pick<Exchange, 'response'>, xml: string, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) });
  response.end(xml);
};

export const answerEmpty = (
  { response }: Exchange,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, status === 204 ? headers : { 'content-length': 0, ...headers });
  response.end();
};

/** The whole body as text, for the small XML documents of S3 (DeleteObjects holds at most 1000 keys of 1 KB). */
export const readText = async (body: AsyncIterable<Uint8Array>, limit = 8 * 1024 * 1024): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) throw notImplemented(`a document over ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
