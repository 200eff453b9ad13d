import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { mockClient } from 'aws-sdk-client-mock';

/** How a transaction goes that neither the ledger nor an object refuses. */
type Fate = { readonly error: string; readonly statement?: number } | { readonly seconds: number };

interface Told {
  readonly id: string;
  readonly createdAt: number;
  readonly endsAt: number;
  readonly sqls: readonly string[];
  readonly objects: readonly string[];
  readonly failure: { readonly error: string; readonly statement?: number } | undefined;
  readonly rows: readonly (readonly (string | null)[])[];
}

const named = (name: string, message = name): Error => Object.assign(new Error(message), { name });
const refusal = "Load into table 'staging' failed.  Check 'sys_load_error_detail' system table for details.";
const notThere = 'ERROR: Mandatory url is not present in manifest file.';
/** Comments hold apostrophes. */
const literals = (sql: string): string[] =>
  [...sql.replace(/^--.*$/gm, '').matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text);

const isLoadError = (sql: string): boolean => sql.includes('INSERT INTO millrace.load_errors');

/** A Redshift Data API of which the loader asks what it asks; the real SDK's client in front, a clock that the test moves. */
export const createFakeDataApi = (clock: { now: number }) => {
  const client = mockClient(RedshiftDataClient);
  const statements = new Map<string, Told>();
  const tokens = new Map<string, string>();
  const state = {
    client,
    /** `key etag` of what is loaded, as often as it was. */
    loaded: [] as string[],
    /** Parts of names of objects that COPY refuses. */
    poisoned: [] as string[],
    /** Keys that the lake no longer has. */
    gone: new Set<string>(),
    /** Errors that transactions of rows of `load_errors` meet, one by one. */
    unwritable: [] as string[],
    /** How many of a load's poisoned objects one COPY writes down: 0 for none. */
    blames: 1,
    /** Taken one by one by new transactions. */
    fates: [] as Fate[],
    /** Errors that calls of an operation meet, one by one. */
    faults: { batch: [] as Error[], describe: [] as Error[], result: [] as Error[] },
    /** New transactions, as lists of objects. */
    transactions: [] as (readonly string[])[],
    lookups: 0,
    /** How far the Data API's clock is behind ours. */
    behindMs: 0,
    written: [] as string[],
  };
  const blamed: { file: string; at: number }[] = [];

  const add = (told: Omit<Told, 'id' | 'createdAt'>, prefix: string): Told => {
    const statement = { ...told, id: `${prefix}${statements.size}`, createdAt: clock.now };
    statements.set(statement.id, statement);
    return statement;
  };
  const judge = (objects: readonly string[], fate: Fate | undefined): Told['failure'] => {
    if (objects.some((name) => state.loaded.includes(name))) return { error: 'invalid input syntax', statement: 2 };
    const bad = objects.filter((name) => state.poisoned.some((part) => name.includes(part)));
    for (const name of bad.slice(0, state.blames))
      blamed.push({ file: `s3://lake/${name.split(' ')[0]}`.slice(0, 256), at: clock.now });
    if (bad.length > 0) return { error: refusal, statement: 4 };
    if (objects.some((name) => state.gone.has(name.split(' ')[0] ?? ''))) return { error: notThere, statement: 4 };
    return fate !== undefined && 'error' in fate ? fate : undefined;
  };
  const isOver = ({ endsAt }: Told): boolean => clock.now >= endsAt;
  const statusOf = (told: Told): string => {
    if (!isOver(told)) return 'STARTED';
    return told.failure === undefined ? 'FINISHED' : 'FAILED';
  };

  const writeErrors = (sqls: readonly string[]) => {
    const error = state.unwritable.shift();
    if (error === undefined) state.written.push(...sqls.map((sql) => literals(sql)[0] ?? ''));
    const failure = error === undefined ? undefined : { error };
    const { id } = add({ sqls, objects: [], failure, rows: [], endsAt: clock.now }, 'e');
    return { Id: id, Status: failure === undefined ? 'FINISHED' : 'FAILED' };
  };

  client.on(BatchExecuteStatementCommand).callsFake(({ Sqls, ClientToken }) => {
    const fault = state.faults.batch.shift();
    if (fault !== undefined) throw fault;
    if (Sqls.every(isLoadError)) return writeErrors(Sqls);
    const known = statements.get(tokens.get(ClientToken) ?? '');
    if (known !== undefined && known.sqls.join() !== Sqls.join()) throw named('ValidationException');
    const submit = (): Told => {
      const ledger = String(Sqls.find((sql: string) => sql.includes('INSERT INTO millrace.loaded_objects')));
      const names = literals(ledger);
      const objects = names.flatMap((key, at) => (at % 3 === 0 ? [`${key} ${names[at + 1]}`] : []));
      const fate = state.fates.shift();
      state.transactions.push(objects);
      const failure = judge(objects, fate);
      if (failure === undefined) state.loaded.push(...objects);
      const endsAt = clock.now + (fate !== undefined && 'seconds' in fate ? fate.seconds * 1000 : 0);
      const rows = [['3', '2', '1', '0', '40']];
      const told = add({ sqls: Sqls, objects, failure, rows, endsAt }, 'b');
      if (ClientToken !== undefined) tokens.set(ClientToken, told.id);
      return told;
    };
    const told = known ?? submit();
    return { Id: told.id, CreatedAt: new Date(told.createdAt - state.behindMs), Status: statusOf(told) };
  });
  client.on(DescribeStatementCommand).callsFake(({ Id, WaitTimeSeconds = 0 }) => {
    const fault = state.faults.describe.shift();
    if (fault !== undefined) throw fault;
    const told = statements.get(Id);
    if (told === undefined) throw named('ResourceNotFoundException');
    if (!isOver(told)) clock.now = Math.min(told.endsAt, clock.now + WaitTimeSeconds * 1000);
    const status = statusOf(told);
    if (status !== 'FAILED') return { Id, Status: status };
    const parts = told.sqls.map((_, at) => ({ Status: at + 1 === told.failure?.statement ? 'FAILED' : 'ABORTED' }));
    return { Id, Status: status, Error: told.failure?.error, SubStatements: parts };
  });
  client.on(ExecuteStatementCommand).callsFake(({ Sql }) => {
    const texts = literals(Sql);
    const answer = (rows: Told['rows']) =>
      add({ sqls: [Sql], objects: [], failure: undefined, rows, endsAt: clock.now }, 'q');
    const query = (): Told => {
      if (isLoadError(Sql)) {
        state.written.push(texts[0] ?? '');
        return answer([]);
      }
      state.lookups += 1;
      if (!Sql.includes('sys_load_error_detail'))
        return answer(state.loaded.filter((name) => texts.includes(name)).map((name) => [name]));
      const since = Date.parse(`${texts[0]?.replace(' ', 'T')}Z`);
      const found = blamed.filter(({ file, at }) => at >= since && texts.includes(file));
      return answer(found.map(({ file }) => [file, '7', 'source', '1204', 'too long']));
    };
    return { Id: query().id, Status: 'FINISHED' };
  });
  client.on(GetStatementResultCommand).callsFake(({ Id }) => {
    const fault = String(Id).startsWith('b') ? state.faults.result.shift() : undefined;
    if (fault !== undefined) throw fault;
    const rows = statements.get(String(Id).split(':')[0] ?? '')?.rows ?? [];
    return {
      Records: rows.map((row) => row.map((text) => (text === null ? { isNull: true } : { stringValue: text }))),
    };
  });
  return Object.assign(state, {
    /** Names of the operations that were called. */
    calls: (): string[] => client.calls().map(({ args: [command] }) => command.constructor.name.replace('Command', '')),
    tokens: (): string[] =>
      client.commandCalls(BatchExecuteStatementCommand).map(({ args }) => args[0].input.ClientToken ?? ''),
    fault: named,
  });
};
