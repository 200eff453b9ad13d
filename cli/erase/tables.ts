import type { Warehouse } from '#aws/redshift.ts';
import type { RejectedRow, Thinned } from '#core/erase/landed.ts';
import { operation } from '../pipeline/sql.ts';
import { hashOf, type Subject } from './person.ts';
import type { Finding } from './scan.ts';
import { inChunks, transact } from './transact.ts';

/** Rows of about 100 bytes in a statement of at most 100 KB. */
const rowsPerStatement = 800;
/** The Data API takes 40 statements in one transaction; ten are ours in any case. */
const listStatements = 28;

const fill = (name: string, rows: readonly string[]): readonly string[] =>
  inChunks(rows, rowsPerStatement).map((chunk) => operation(name, { rows: chunk.join(', ') }));

const refusedRow = ({ eventId, receivedAt }: RejectedRow): string => `('${hashOf(eventId)}', ${timeOf(receivedAt)})`;

/** The text of an object is whoever's could write it: only a time stands in a statement. */
const timeOf = (text: string): string => (/^[\d: .-]{10,29}$/.test(text) ? `'${text}'` : 'NULL');

const takenRow = ({ producer, seq, droppedCount }: Thinned): string =>
  `('${hashOf(producer)}', ${Math.trunc(seq)}, ${Math.trunc(droppedCount)})`;

interface Portion {
  readonly envelopes: readonly Thinned[];
  readonly rejected: readonly RejectedRow[];
}

/** As much as one transaction can name; one portion for all but a person of ten thousands of requests. */
const toPortions = ({ envelopes, rejected }: Finding): readonly Portion[] => {
  const size = (rowsPerStatement * listStatements) / 2;
  const named = inChunks([...envelopes.values()], size);
  const refused = inChunks(
    rejected.filter(({ receivedAt }) => timeOf(receivedAt) !== 'NULL'),
    size,
  );
  const count = Math.max(1, named.length, refused.length);
  return Array.from({ length: count }, (_, at) => ({ envelopes: named[at] ?? [], rejected: refused[at] ?? [] }));
};

const lists = ({ envelopes, rejected }: Portion): readonly string[] => [
  operation('erase-refused'),
  ...fill('erase-refused-rows', rejected.map(refusedRow)),
  operation('erase-taken'),
  ...fill('erase-taken-rows', envelopes.map(takenRow)),
];

/** How many rejected rows the tables have of the person. Nothing is changed. */
export const countRejected = async (warehouse: Warehouse, finding: Finding): Promise<number> => {
  let count = 0;
  for (const portion of toPortions(finding)) {
    const statements = [...lists({ ...portion, envelopes: [] }), operation('erase-rejected-count')];
    const [[row] = []] = await transact(warehouse, 'millrace erase: count', statements, [statements.length]);
    count += Number(row?.[0] ?? 0);
  }
  return count;
};

/**
 * Deletes the person's rows, and counts them as dropped where they were counted as loaded, rejected or duplicate. The counts are
 * those of the lake without the person, so each transaction may run again.
 */
export const eraseRows = async (warehouse: Warehouse, subject: Subject, finding: Finding): Promise<void> => {
  const values = { user: subject.user, erased_at: subject.erasedAt };
  const portions = toPortions(finding);
  for (const [at, portion] of portions.entries())
    await transact(warehouse, 'millrace erase: rows', [
      operation('lock'),
      operation('erase-joined', values),
      ...lists(portion),
      operation('erase-events-taken', values),
      operation('erase-rejected'),
      operation('erase-batches-taken'),
      ...(at < portions.length - 1
        ? []
        : [
            operation('erase-batches-rest', values),
            operation('erase-events-rest', values),
            operation('erase-users', values),
          ]),
    ]);
};

export const eraseAliases = async (warehouse: Warehouse, { user }: Subject): Promise<void> => {
  await transact(warehouse, 'millrace erase: aliases', [operation('lock'), operation('erase-aliases', { user })]);
};
