import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Adds rows to `events` of a warehouse file that nobody has open: received evenly from `from` to `until` (epoch milliseconds),
 * in that order, with ids of chance, so that a load's question to the table is answered by the window and by nothing else.
 */
export const fillEvents = async (
  databaseFile: string,
  { rows, from, until }: { rows: number; from: number; until: number },
): Promise<void> => {
  const instance = await DuckDBInstance.create(databaseFile);
  const connection = await instance.connect();
  // Two thirds of the time would go into trying them on columns that hold nothing.
  await connection.run("SET disabled_compression_methods = 'fsst,dict_fsst,dictionary,zstd'");
  await connection.run(`
    INSERT INTO millrace.events (event_id, event_name, event_time, received_at, load_id, loaded_at)
    SELECT uuid()::VARCHAR, 'page_viewed', moment, moment, 'fill', moment
    FROM (
      SELECT make_timestamp(${from * 1000} + range * ${Math.floor(((until - from) * 1000) / rows)}) AS moment
      FROM range(${rows})
    )`);
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
};

/** Rows of `events` in a warehouse file that nobody has open. */
export const countEvents = async (databaseFile: string): Promise<number> => {
  const instance = await DuckDBInstance.create(databaseFile, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const [[count] = []] = (await connection.runAndReadAll('SELECT count(*) FROM millrace.events')).getRows();
  connection.closeSync();
  instance.closeSync();
  return Number(count);
};
