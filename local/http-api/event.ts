import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { account } from '../template/resource-names.ts';

/** One request as the gateway saw it. */
export interface GatewayRequest {
  readonly message: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  readonly routeKey: string;
  readonly apiId: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** HTTP API's event, payload format 2.0 (API Gateway developer guide, "AWS Lambda proxy integrations for HTTP APIs"). */
export const toEvent = ({ message, url, body, routeKey, apiId, requestId, time }: GatewayRequest): object => {
  const sourceIp = (message.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const headers = { ...joinHeaders(message), ...toForwarded(message, { sourceIp, requestId, time }) };
  const query = Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((key) => [key, url.searchParams.getAll(key).join(',')]),
  );
  const isBase64Encoded = !isText(headers, body);
  const domain = headers.host ?? 'localhost';
  return {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(headers.cookie !== undefined && { cookies: headers.cookie.split(/;\s*/) }),
    headers,
    ...(url.search !== '' && { queryStringParameters: query }),
    requestContext: {
      accountId: account,
      apiId,
      domainName: domain,
      domainPrefix: domain.split('.')[0],
      http: {
        method: message.method ?? 'GET',
        path: url.pathname,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: toClfTime(time),
      timeEpoch: time,
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
};

/** Names in lower case, repeated headers joined by commas; those of the connection are the gateway's own. */
const joinHeaders = (message: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(message.headers).flatMap(([name, value]) =>
      value === undefined || ofConnection.has(name) ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
    ),
  );

const ofConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** What the gateway adds on the way: who asked, by which door, and the request's name in traces. */
const toForwarded = (
  message: IncomingMessage,
  { sourceIp, requestId, time }: { readonly sourceIp: string; readonly requestId: string; readonly time: number },
): Readonly<Record<string, string>> => {
  const seconds = Math.floor(time / 1000).toString(16);
  const before = message.headers['x-forwarded-for'];
  return {
    'x-amzn-trace-id': `Root=1-${seconds}-${requestId.replaceAll('-', '').slice(0, 24)}`,
    'x-forwarded-for': before === undefined ? sourceIp : `${String(before)}, ${sourceIp}`,
    'x-forwarded-port': String(message.socket.localPort),
    'x-forwarded-proto': 'http',
  };
};

const textTypes = /^(text\/|application\/(json|javascript|xml)|[^;]*\+(json|xml))/;

/** The gateway hands bodies over as text for text types, and as base64 for compressed and all other content. */
const isText = (headers: Readonly<Record<string, string>>, body: Buffer): boolean =>
  headers['content-encoding'] === undefined && textTypes.test(headers['content-type'] ?? 'text/plain') && isUtf8(body);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `22/Nov/2026:10:00:00 +0000`, as access logs write time. */
const toClfTime = (time: number): string => {
  const iso = new Date(time).toISOString();
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
};
