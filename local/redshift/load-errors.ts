import type { LoadFailure } from './copy/load-error.ts';
import type { Duck } from './duck.ts';
import { quote } from './emit/emitter.ts';
import type { Names } from './storage.ts';

/** Error rows survive the rollback of the load, as those of a system table: they are written on a connection of their own. */
export const noteLoadError = async (
  duck: Duck,
  names: Names,
  { error }: LoadFailure,
  facts: { readonly queryId: number; readonly pid: number; readonly startedAt: number; readonly database: string },
): Promise<void> => {
  const connection = await duck.connect('reader');
  const { column } = error;
  const time = new Date(facts.startedAt).toISOString().replace('T', ' ').replace('Z', '');
  const texts = [
    error.file.slice(0, 256),
    column?.name ?? '',
    column?.type ?? '',
    column?.length ?? '',
    error.message.slice(0, 512),
  ].map(quote);
  const [file, name, type, length, message] = texts;
  await connection.run(
    `INSERT INTO ${names.loadErrors} VALUES (100, ${facts.queryId}, ${facts.queryId}, ${facts.pid}, ${quote(facts.database)}, 0, CAST('${time}' AS TIMESTAMP), ${file}, ${error.line}, ${name}, ${type}, ${length}, ${error.position ?? 0}, ${error.code}, ${message})`,
  );
  connection.close();
};
