import { isUtf8 } from 'node:buffer';
import type { Row, Warehouse } from '#aws/redshift.ts';
import { operation } from '../pipeline/sql.ts';
import { rowsOf } from '../pipeline/statements.ts';

/** A rejected event with the bytes that it came as. */
export interface RejectedRow {
  readonly eventId: string;
  /** SHA-256 of the id in hex, which can stand in any statement. */
  readonly name: string;
  /** As the warehouse writes it. */
  readonly receivedAt: string;
  readonly source: string | undefined;
  readonly reason: string;
  readonly original: string | Uint8Array;
}

/** Times as the warehouse writes them; `reason` is % for any. */
export interface RejectedChoice {
  readonly since: string;
  readonly before: string;
  readonly reason: string;
}

export interface ReasonSummary {
  readonly reason: string;
  readonly events: number;
  readonly loaded: number;
  readonly bytes: number;
  /** Of those not loaded; null where all are. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

export const readSummary = async (warehouse: Warehouse, choice: RejectedChoice): Promise<readonly ReasonSummary[]> => {
  const rows = await rowsOf(warehouse, operation('rejected-summary', { ...choice }));
  return rows.map(([reason, events, loaded, bytes, oldest, newest]) => ({
    reason: String(reason),
    events: Number(events),
    loaded: Number(loaded),
    bytes: Number(bytes),
    oldest: textOrNull(oldest),
    newest: textOrNull(newest),
  }));
};

const textOrNull = (value: Row[number] | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

/** A row of the Data API holds 64 KB, and a character up to four bytes. */
const partCharacters = 15_000;
/** Of base64, where a character is a byte. */
const partBase64 = 50_000;
/** Pieces of base64 as core/landing.ts cuts them. */
const pieceLength = 65_532;
const pageRows = 500;

/** Rejected events that are not loaded, in pages, in the order in which they came. */
export async function* readRejected(
  warehouse: Warehouse,
  choice: RejectedChoice,
): AsyncGenerator<readonly RejectedRow[]> {
  let after = { receivedAt: '1000-01-01 00:00:00', name: '' };
  for (;;) {
    const rows = await rowsOf(
      warehouse,
      operation('rejected-page', {
        ...choice,
        after_received_at: after.receivedAt,
        after_name: after.name,
        part_length: String(partCharacters),
        page_rows: String(pageRows),
      }),
    );
    const page: RejectedRow[] = [];
    for (const row of rows) page.push(await toRejected(warehouse, row));
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (rows.length < pageRows) return;
    after = last;
  }
}

const toRejected = async (warehouse: Warehouse, row: Row): Promise<RejectedRow> => {
  const [eventId, name, receivedAt, source, reason, pieces, characters, beginning] = row;
  const place = { name: String(name), receivedAt: String(receivedAt) };
  const read = (parts: readonly Part[]): Promise<string> => readParts(warehouse, place, parts);
  const original =
    pieces !== null
      ? Buffer.from(await read(partsOfPieces(Number(pieces))), 'base64')
      : `${beginning ?? ''}${await read(partsOfText(Number(characters)))}`;
  return {
    ...place,
    eventId: String(eventId),
    source: source === null ? undefined : String(source),
    reason: String(reason),
    original: typeof original === 'string' || !isUtf8(original) ? original : original.toString('utf8'),
  };
};

interface Part {
  readonly content: string;
  readonly first: number;
  readonly length: number;
}

/** What follows the beginning, which is known. */
const partsOfText = (characters: number): readonly Part[] =>
  Array.from({ length: Math.max(0, Math.ceil(characters / partCharacters) - 1) }, (_, at) => ({
    content: 'original',
    first: (at + 1) * partCharacters + 1,
    length: partCharacters,
  }));

const partsOfPieces = (pieces: number): readonly Part[] =>
  Array.from({ length: pieces }, (_, piece) => piece).flatMap((piece) =>
    [1, 1 + partBase64]
      .filter((first) => first <= pieceLength)
      .map((first) => ({ content: `original[${piece}]`, first, length: partBase64 })),
  );

const readParts = async (
  warehouse: Warehouse,
  { name, receivedAt }: { readonly name: string; readonly receivedAt: string },
  parts: readonly Part[],
): Promise<string> => {
  if (parts.length === 0) return '';
  const selects = parts.map(({ content, first, length }, part) =>
    operation('original-part', {
      part: String(part),
      content,
      first: String(first),
      part_length: String(length),
      received_at: receivedAt,
      name,
    }),
  );
  const rows = await rowsOf(warehouse, selects.join('UNION ALL\n'));
  return [...rows]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, content]) => content ?? '')
    .join('');
};
