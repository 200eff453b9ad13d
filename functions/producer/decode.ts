import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A body holds at most this many bytes after decompression: what fits a synchronous invocation of 6 MB as base64. */
const bodyBytes = 4_500_000;

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly code: string; readonly message: string };

/** The request's body as text: base64 and gzip undone, whatever the headers say of gzip (its two magic bytes tell). */
export const decodeBody = (event: APIGatewayProxyEventV2): Decoded => {
  const raw = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const encoding = event.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip')
    return refuse(415, 'unsupported_encoding', `content-encoding ${encoding} is not supported: send identity or gzip`);
  const isGzip = raw[0] === 0x1f && raw[1] === 0x8b;
  if (encoding === 'gzip' && !isGzip && raw.length > 0)
    return refuse(400, 'not_gzip', 'content-encoding says gzip, the body is not gzip');
  if (raw.length > bodyBytes) return tooLarge();
  return isGzip ? inflate(raw) : toText(raw);
};

const inflate = (raw: Buffer): Decoded => {
  try {
    return toText(gunzipSync(raw, { maxOutputLength: bodyBytes }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : refuse(400, 'not_gzip', 'the gzip body is damaged');
  }
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

const toText = (bytes: Uint8Array): Decoded => {
  try {
    return { ok: true, text: utf8.decode(bytes) };
  } catch {
    return refuse(400, 'not_utf8', 'the body is not UTF-8 text');
  }
};

const refuse = (status: 400 | 413 | 415, code: string, message: string): Decoded => ({
  ok: false,
  status,
  code,
  message,
});

const tooLarge = (): Decoded =>
  refuse(413, 'body_too_large', `the body is larger than ${bodyBytes} bytes: send fewer events in one request`);
