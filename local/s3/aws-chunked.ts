import { createHash } from 'node:crypto';
import type { ChunkChain } from '../iam/signature.ts';
import { SignatureFault } from '../iam/signature-fault.ts';
import { incompleteBody, invalidRequest } from './errors.ts';

const MAX_LINE_BYTES = 16_384;
const LINE_END = Buffer.from('\r\n');

/**
 * Takes the framing off an `aws-chunked` body: `<size in hex>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of size 0, then
 * trailing headers, which go into `trailers` with their names in lower case. With a `chain` every signature must be right.
 * ("Signature calculations: transferring payload in multiple chunks" in the S3 API reference.)
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
  chain?: ChunkChain,
): AsyncGenerator<Uint8Array> {
  const signatures = chain === undefined ? undefined : createChunkCheck(chain);
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
        signatures?.bytes(taken);
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
        signatures?.endChunk();
        state = 'size';
      } else if (state === 'size') {
        const size = /^[0-9a-f]{1,12}(?=;|$)/i.exec(line)?.[0];
        if (size === undefined) throw invalidRequest('The aws-chunked body is malformed.');
        remaining = Number.parseInt(size, 16);
        state = remaining === 0 ? 'trailer' : 'data';
        signatures?.startChunk(/;chunk-signature=([0-9a-f]{64})/i.exec(line)?.[1] ?? '');
        if (remaining === 0) signatures?.endChunk();
      } else if (line === '') {
        state = 'end';
      } else {
        const colon = line.indexOf(':');
        trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
      }
    }
  }
  if (state !== 'end' && state !== 'trailer') throw incompleteBody();
  if (trailers.size > 0) signatures?.trailer(trailers);
}

const createChunkCheck = (chain: ChunkChain) => {
  let signature = '';
  let hash = createHash('sha256');
  const expect = (isRight: boolean): void => {
    if (!isRight) throw new SignatureFault('signature', 'The signature of a chunk is wrong.');
  };
  return {
    startChunk: (given: string): void => {
      signature = given;
      hash = createHash('sha256');
    },
    bytes: (bytes: Uint8Array): void => void hash.update(bytes),
    endChunk: (): void => expect(chain.takeChunk(signature, hash.digest('hex'))),
    trailer: (trailers: Map<string, string>): void => {
      const given = trailers.get('x-amz-trailer-signature') ?? '';
      trailers.delete('x-amz-trailer-signature');
      expect(chain.takeTrailer(given, [...trailers].map(([name, value]) => `${name}:${value}\n`).join('')));
    },
  };
};
