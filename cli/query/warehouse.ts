import { setTimeout as sleep } from 'node:timers/promises';
import type { ColumnMetadata, Field, RedshiftDataClientConfig } from '@aws-sdk/client-redshift-data';
import type { Health } from '#core/status.ts';
import { Failure, isUnreachable, messageOf } from '../errors.ts';

/** null is SQL's NULL. DECIMAL, dates and SUPER are text, as the API gives them. */
export type Value = string | number | boolean | null;

export interface ResultColumn {
  readonly name: string;
  /** Redshift's name of the type, such as `int8` or `numeric`. */
  readonly type: string;
}

/** What a statement gave; `columns` is empty where it has no result set. */
export interface Result {
  readonly columns: readonly ResultColumn[];
  /** Returned or affected; −1 where the warehouse does not say. */
  readonly rowCount: number;
  /** A page of rows at a time, read as it is asked for. */
  readonly pages: () => AsyncIterable<readonly (readonly Value[])[]>;
}

export interface Warehouse {
  /** Throws Failure with the warehouse's own text when the statement fails. */
  run(sql: string): Promise<Result>;
  close(): void;
}

const parseValue = (field: Field): Value => {
  if (field.longValue !== undefined) return field.longValue;
  if (field.stringValue !== undefined) return field.stringValue;
  if (field.doubleValue !== undefined) return field.doubleValue;
  if (field.booleanValue !== undefined) return field.booleanValue;
  if (field.blobValue !== undefined) return Buffer.from(field.blobValue).toString('hex');
  return null;
};

const toColumn = ({ label, name, typeName }: ColumnMetadata, index: number): ResultColumn => ({
  name: label ?? name ?? `column${index + 1}`,
  type: typeName ?? '',
});

/** Longest long poll of the Data API. */
const waitSeconds = 30;

/** Where a warehouse is, and as whom it is asked. */
export interface WarehousePlace {
  /** Address of a laptop's AWS services; undefined for AWS itself. */
  readonly laptop?: string;
  /** undefined: as the AWS profile says. */
  readonly region?: string | undefined;
  readonly workgroup?: string | undefined;
  readonly cluster?: string | undefined;
  readonly database: string;
  readonly secretArn?: string | undefined;
}

const toClientSettings = ({ laptop, region }: WarehousePlace): RedshiftDataClientConfig => {
  if (laptop === undefined) return region === undefined ? {} : { region };
  const credentials = { accessKeyId: 'laptop', secretAccessKey: 'laptop' };
  return { endpoint: laptop, region: 'us-east-1', credentials };
};

/** A warehouse through the Redshift Data API. The SDK loads here, so that other commands start without it. */
export const createWarehouse = async (place: WarehousePlace): Promise<Warehouse> => {
  const { RedshiftDataClient, ExecuteStatementCommand, DescribeStatementCommand, GetStatementResultCommand } =
    await import('@aws-sdk/client-redshift-data');
  const client = new RedshiftDataClient(toClientSettings(place));
  const { laptop, workgroup, cluster, database, secretArn } = place;
  const target = {
    ...(workgroup !== undefined && { WorkgroupName: workgroup }),
    ...(cluster !== undefined && { ClusterIdentifier: cluster }),
    ...(secretArn !== undefined && { SecretArn: secretArn }),
    Database: database,
  };

  const reach = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      if (isUnreachable(error))
        throw new Failure(
          laptop === undefined
            ? 'AWS does not answer: check the network and the region'
            : `the AWS services do not answer at ${laptop}: see millrace status`,
        );
      throw new Failure(`the warehouse did not take the statement: ${messageOf(error)}`);
    }
  };

  const finish = async (id: string) => {
    for (;;) {
      const asked = Date.now();
      const statement = await reach(
        client.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: waitSeconds })),
      );
      if (statement.Status === 'FINISHED') return statement;
      if (statement.Status === 'FAILED' || statement.Status === 'ABORTED') {
        throw new Failure(statement.Error ?? `the statement was ${statement.Status.toLowerCase()}`);
      }
      // A server without long polling answers at once.
      if (Date.now() - asked < 100) await sleep(100);
    }
  };

  const read = (id: string, next?: string) =>
    reach(client.send(new GetStatementResultCommand({ Id: id, ...(next === undefined ? {} : { NextToken: next }) })));

  return {
    run: async (sql) => {
      const begun = await reach(
        client.send(
          new ExecuteStatementCommand({
            ...target,
            Sql: sql,
            WaitTimeSeconds: waitSeconds,
          }),
        ),
      );
      const id = begun.Id ?? '';
      const statement = await finish(id);
      if (statement.HasResultSet !== true)
        return { columns: [], rowCount: statement.ResultRows ?? -1, pages: async function* () {} };
      const first = await read(id);
      return {
        columns: (first.ColumnMetadata ?? []).map(toColumn),
        rowCount: first.TotalNumRows ?? statement.ResultRows ?? -1,
        pages: async function* () {
          let page = first;
          for (;;) {
            yield (page.Records ?? []).map((record) => record.map(parseValue));
            if (page.NextToken === undefined) return;
            page = await read(id, page.NextToken);
          }
        },
      };
    },
    close: () => client.destroy(),
  };
};

/** The warehouse of a running laptop. */
export const atLaptop = ({ aws, workgroup, database }: Health['resources']): WarehousePlace => ({
  laptop: aws,
  workgroup,
  database,
});
