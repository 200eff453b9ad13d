import { type Column, type Table, targetColumns } from '../catalogue.ts';
import type { Connection } from '../duck.ts';
import { isInterrupted, toSqlError } from '../duck-error.ts';
import { SqlError } from '../error.ts';
import type { CopyStatement } from '../sql/statements.ts';
import { countDoubtful, doubtfulLines, type FastPlan, fastInsert, isFast, slowInsert } from './fast.ts';
import { LoadFailure } from './load-error.ts';
import { type LakeReader, resolveFiles, type SourceFile } from './manifest.ts';
import { parseLine } from './objects.ts';
import { type ConvertedRow, convertFiles, convertObject, findRefusal } from './slow.ts';
import { suitsFastPath } from './sniff.ts';

export interface CopyWork {
  readonly statement: CopyStatement;
  readonly table: Table;
  readonly connection: Connection;
  readonly lake: LakeReader;
  readonly defaultSql: (column: Column) => string;
  /** Names the temporary sequences; unlike any other of this connection. */
  readonly number: number;
}

/** Rows per insert of the slow path, and text that is gathered before one, whichever is reached first. */
const [chunkRows, chunkCharacters] = [2_000, 4_000_000];

/** Files of one DuckDB statement: it holds about two megabytes for each until the statement ends, however small the file is. */
const filesAtOnce = 50;

/** Runs a COPY inside the connection's transaction; rows loaded. Throws `LoadFailure` for a bad row and loads nothing then. */
export const runCopy = async (work: CopyWork): Promise<number> => {
  const { statement, table, lake } = work;
  const columns = targetColumns(table, statement.columns);
  checkShape(statement, columns);
  const files = await resolveFiles(statement, lake);
  if (statement.noLoad) {
    await findRefusal(files, columns, statement, table.name);
    return 0;
  }
  const filled = files.filter((file) => file.size > 0);
  const insert = toInsert(work, columns);
  let count = 0;
  for (let at = 0; at < filled.length; at += filesAtOnce) {
    const some = filled.slice(at, at + filesAtOnce);
    const plan = { ...insert, paths: some.map(({ path }) => path), sequence: `copy_${work.number}_${at}` };
    count += await loadFiles(work, plan, some);
  }
  return count;
};

const loadFiles = async (work: CopyWork, plan: FastPlan, files: readonly SourceFile[]): Promise<number> => {
  const { statement, table } = work;
  const fast = isPlain(statement) && isFast(plan.columns) && (await allSuit(files, statement.gzip, plan.columns));
  return fast
    ? runFast(work, plan, files)
    : insertRows(work, plan, convertFiles(files, plan.columns, statement, table.name));
};

const checkShape = (statement: CopyStatement, columns: readonly Column[]): void => {
  if (statement.json !== 'noshred') return;
  if (columns.length !== 1 || columns[0]?.type.kind !== 'super')
    throw new SqlError("COPY with 'noshred' needs a table of one SUPER column");
};

/** The fast path knows none of the options that change values. */
const isPlain = (statement: CopyStatement): boolean =>
  statement.json === 'auto' &&
  statement.timeFormat === 'auto' &&
  !statement.truncateColumns &&
  !statement.blanksAsNull &&
  !statement.emptyAsNull &&
  !statement.trimBlanks &&
  !statement.roundDecimals;

const allSuit = async (files: readonly SourceFile[], gzip: boolean, columns: readonly Column[]): Promise<boolean> => {
  const found = await Promise.all(files.map(({ path }) => suitsFastPath(path, gzip, columns)));
  return found.every((each) => each);
};

const toInsert = (
  { statement, table, defaultSql }: CopyWork,
  columns: readonly Column[],
): Omit<FastPlan, 'paths' | 'sequence'> => ({
  target: table.duckName,
  columns,
  defaults: table.columns
    .filter((column) => column.defaultText !== undefined && !columns.includes(column))
    .map((column) => ({ name: column.name, sql: defaultSql(column) })),
  gzip: statement.gzip,
});

const runFast = async (work: CopyWork, plan: FastPlan, files: readonly SourceFile[]): Promise<number> => {
  const { statement, table, connection } = work;
  try {
    await connection.run(`CREATE TEMP SEQUENCE ${plan.sequence}`);
    const clear = await connection.run(fastInsert(plan));
    if ((await readCount(connection, plan)) === 0) return clear;
    return clear + (await insertRows(work, plan, convertDoubtful(work, plan, files)));
  } catch (error) {
    if (isInterrupted(error) || error instanceof SqlError || error instanceof LoadFailure) throw error;
    // DuckDB could not read a file or cast a value: the row at fault is looked for, and told as Redshift tells it.
    await findRefusal(files, plan.columns, statement, table.name);
    throw toSqlError(error);
  }
};

const readCount = async (connection: Connection, plan: FastPlan): Promise<number> => {
  let count = 0;
  await connection.read(countDoubtful(plan.sequence), (_, rows) => {
    for (const [value] of rows) count = Number(value);
    return undefined;
  });
  return count;
};

/** The lines that DuckDB left over, judged one by one. */
async function* convertDoubtful(
  { statement, table, connection }: CopyWork,
  plan: FastPlan,
  files: readonly SourceFile[],
): AsyncGenerator<ConvertedRow> {
  const { columns } = plan;
  const rows: ConvertedRow[] = [];
  let isRefused = false;
  await connection.read(doubtfulLines(plan), (_, chunk) => {
    for (const parsed of chunk.flatMap(([, line]) => [...parseLine(String(line))])) {
      const converted = 'refusal' in parsed ? parsed : convertObject(parsed.object, columns, statement);
      if ('refusal' in converted) isRefused = true;
      else rows.push(converted.row);
    }
    return isRefused ? false : undefined;
  });
  if (isRefused) {
    await findRefusal(files, columns, statement, table.name);
    throw new SqlError(
      "the laptop's warehouse does not know files that begin with an object a line and go on otherwise",
    );
  }
  yield* rows;
}

const insertRows = async (
  { connection }: CopyWork,
  plan: FastPlan,
  rows: AsyncGenerator<ConvertedRow>,
): Promise<number> => {
  const sql = slowInsert(plan);
  let pending: string[] = [];
  let size = 0;
  let count = 0;
  const flush = async (): Promise<void> => {
    if (pending.length > 0) count += await connection.run(sql, [`[${pending.join(',')}]`]);
    pending = [];
    size = 0;
  };
  for await (const row of rows) {
    const text = JSON.stringify(row);
    pending.push(text);
    size += text.length;
    if (pending.length >= chunkRows || size >= chunkCharacters) await flush();
  }
  await flush();
  return count;
};
