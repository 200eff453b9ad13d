import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { toEnvelope } from '#core/envelope.ts';
import { transformRecord } from '#core/record.ts';
import { createTraffic } from '#core/traffic/traffic.ts';
import { uuidV7 } from '#core/uuid.ts';

export interface LandedFiles {
  readonly paths: readonly string[];
  /** Events in them, second sendings counted. */
  readonly events: number;
  /** Of their lines before compression. */
  readonly bytes: number;
}

const envelopeEvents = 100;
const compress = promisify(gzip);

/**
 * Landed objects as the transformer writes them: generated traffic of the shop and the tutorial, one event in a hundred sent
 * twice, in envelopes of 100. Received in the minutes before `until`, epoch milliseconds.
 */
export const makeLanded = async (
  folder: string,
  { files, eventsEach, seed, until }: { files: number; eventsEach: number; seed: string; until: number },
): Promise<LandedFiles> => {
  const events = files * eventsEach;
  const intervalMs = Math.min(20, (55 * 60_000) / events);
  const start = until - events * intervalMs;
  const traffic = createTraffic({ seed, start, duplicates: 0.01, intervalMs });
  const producer = uuidV7(Math.floor(start), Buffer.from(hash('sha256', seed), 'hex').subarray(0, 10));
  let made = 0;
  let bytes = 0;
  const paths: string[] = [];
  let written: Promise<void> = Promise.resolve();
  for (let file = 0; file < files; file++) {
    const parts: string[] = [];
    for (let left = eventsEach; left > 0; left -= envelopeEvents) {
      const texts = Array.from({ length: Math.min(left, envelopeEvents) }, () => JSON.stringify(traffic.next().event));
      made += texts.length;
      const arrivedAt = Math.floor(start + made * intervalMs);
      const receivedAt = new Date(arrivedAt).toISOString();
      const arrival = {
        producer,
        receivedAt,
        source: 'web',
        protocol: 'native',
        client: { ip: '203.0.113.7' },
      } as const;
      const envelope = toEnvelope(arrival, Math.floor((made - 1) / envelopeEvents), texts);
      const record = { bytes: Buffer.from(envelope), recordId: `${seed}-${made}`, arrivedAt };
      parts.push(transformRecord(record, (text) => hash('sha256', text)).lines);
    }
    const path = join(folder, `${seed}-${String(file).padStart(4, '0')}.gz`);
    paths.push(path);
    const text = Buffer.from(parts.join(''));
    bytes += text.length;
    // The next file is made while this one is compressed.
    await written;
    written = compress(text, { level: constants.Z_BEST_SPEED }).then((body) => writeFileSync(path, body));
  }
  await written;
  return { paths, events, bytes };
};
