import { incompleteBody, invalidRequest } from './errors.ts';

const MAX_LINE_BYTES = 16_384;
const LINE_END = Buffer.from('\r\n');

/**
 * Takes the framing off an `aws-chunked` body: `<size in hex>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of size 0, then
 * trailing headers, which go into `trailers` with their names in lower case. Signatures are not checked.
 * ("Signature calculations: transferring payload in multiple chunks" in the S3 API reference.)
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  let buffered: Buffer = Buffer.alloc(0);
  let remaining = 0;
  let state: 'size' | 'data' | 'data-end' | 'trailer' | 'end' = 'size';

  for await (const chunk of source) {
    buffered =
      buffered.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : Buffer.concat([buffered, chunk]);
    for (let progress = true; progress; ) {
      progress = false;
      if (state === 'data') {
        const taken = buffered.subarray(0, remaining);
        if (taken.length > 0) yield taken;
        remaining -= taken.length;
        buffered = buffered.subarray(taken.length);
        if (remaining > 0) break;
        state = 'data-end';
      }
      if (state === 'end') break;
      const end = buffered.indexOf(LINE_END);
      if (end < 0) {
        if (buffered.length > MAX_LINE_BYTES) throw invalidRequest('The aws-chunked body is malformed.');
        break;
      }
      const line = buffered.toString('latin1', 0, end);
      buffered = buffered.subarray(end + LINE_END.length);
      progress = true;
      if (state === 'data-end') {
        if (line !== '') throw invalidRequest('The aws-chunked body is malformed.');
        state = 'size';
      } else if (state === 'size') {
        const size = /^[0-9a-f]{1,12}(?=;|$)/i.exec(line)?.[0];
        if (size === undefined) throw invalidRequest('The aws-chunked body is malformed.');
        remaining = Number.parseInt(size, 16);
        state = remaining === 0 ? 'trailer' : 'data';
      } else if (line === '') {
        state = 'end';
      } else {
        const colon = line.indexOf(':');
        trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
      }
    }
  }
  if (state !== 'end' && state !== 'trailer') throw incompleteBody();
}
