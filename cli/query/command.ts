import { readFile } from 'node:fs/promises';
import { type Command, type Given, regionOption, stackOption, urlOption } from '../command.ts';
import { Failure, messageOf, UsageError } from '../errors.ts';
import { readHealth } from '../status/health.ts';
import type { Surroundings } from '../surroundings.ts';
import { parseUrl } from '../values.ts';
import { printJson, printTable } from './print.ts';
import { atLaptop, createWarehouse, type WarehousePlace } from './warehouse.ts';

const readSql = async (given: Given, { readStdin }: Surroundings): Promise<string> => {
  const file = given.value('file');
  const [operand, stray] = given.operands;
  if (stray !== undefined)
    throw new UsageError(`query takes one statement, but was also given "${stray}": put the SQL in quotes`);
  if (operand !== undefined && file !== undefined)
    throw new UsageError('query has both SQL and --file: give one of them');
  if (file !== undefined) {
    return readFile(file, 'utf8').catch((error: unknown) => {
      throw new Failure(`--file ${file} cannot be read: ${messageOf(error)}`);
    });
  }
  if (operand === undefined)
    throw new UsageError('query needs a statement: millrace query "SELECT …", or --file F, or - for stdin');
  return operand === '-' ? readStdin() : operand;
};

const ofStack = async (name: string, given: Given): Promise<WarehousePlace> => {
  const { openStack } = await import('../stack/open.ts');
  const { names, region } = await openStack(name, given.value('region'));
  const { workgroup, cluster, database, warehouseSecretArn } = names;
  return { region, workgroup, cluster, database, secretArn: warehouseSecretArn };
};

export const query: Command = {
  name: 'query',
  summary: 'run a statement in the warehouse',
  operands: '<SQL | ->',
  description: `Runs one SQL statement in the warehouse of a running laptop, or with --stack of a deployed stack (as its administrator; it
wakes, and a minute of it is billed at least), through the Redshift Data API. The schema is millrace: events, rejected_events,
batches, loads and the report_* views. With - the statement comes from stdin.`,
  options: {
    url: urlOption,
    stack: stackOption,
    region: regionOption,
    file: { value: 'F', help: 'read the statement from a file' },
    json: {
      help: 'print an array of row objects: integers and floats as numbers, DECIMAL, dates and SUPER as text (integers over 2^53 lose digits: cast them to VARCHAR)',
    },
  },
  examples: [
    {
      command: 'npx millrace query "SELECT event_name, COUNT(*) FROM millrace.events GROUP BY 1 ORDER BY 2 DESC"',
      meaning: 'what has arrived',
    },
    {
      command: 'npx millrace query --json --file report.sql > report.json',
      meaning: 'a statement from a file, for another program',
    },
  ],
  exits: {
    ok: 'the statement ran',
    failed: "the statement failed (the warehouse's text is on stderr), or no laptop or stack answers",
  },
  run: async (given, surroundings) => {
    const url = parseUrl('url', given.value('url') ?? '');
    const sql = await readSql(given, surroundings);
    if (sql.trim() === '') throw new UsageError('the statement is empty: write some SQL');
    const stack = given.value('stack');
    if (stack === undefined && given.value('region') !== undefined)
      throw new UsageError('--region goes with --stack: give both');
    const place =
      stack === undefined ? atLaptop((await readHealth(url)).health.resources) : await ofStack(stack, given);
    const warehouse = await createWarehouse(place);
    try {
      const result = await warehouse.run(sql);
      await (given.has('json') ? printJson(result, surroundings.out) : printTable(result, surroundings.out));
      return 0;
    } finally {
      warehouse.close();
    }
  },
};
