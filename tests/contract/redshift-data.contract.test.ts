import { ExecuteStatementCommand } from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWire } from '../models/suite.ts';
import { copyRules } from './redshift/copy.suite.ts';
import { isolationRules } from './redshift/isolation.suite.ts';
import { type LaptopPlace, openLaptop } from './redshift/laptop.ts';
import { resultRules } from './redshift/results.suite.ts';
import { sessionRules } from './redshift/sessions.suite.ts';
import { sqlRules } from './redshift/sql.suite.ts';
import { statementRules } from './redshift/statements.suite.ts';

let place: LaptopPlace;
let serializable: LaptopPlace;
beforeAll(async () => {
  place = await openLaptop();
  serializable = await openLaptop({ isolation: 'SERIALIZABLE' });
});
afterAll(async () => {
  for (const each of [place, serializable]) {
    await each.close();
    expect(each.faults).toEqual([]);
  }
});

// The rules themselves: tests/live/redshift.live.ts checks them against a workgroup on AWS.
statementRules(() => place);
resultRules(() => place);
sessionRules(() => place);
copyRules(() => place);
sqlRules(() => place);
describe('snapshot isolation', () => isolationRules(() => place));

describe('serializable isolation', () => isolationRules(() => serializable));

describe('the laptop', () => {
  it.each([
    ['no workgroup', { WorkgroupName: undefined }, 'WorkgroupName is required.'],
    ['another workgroup', { WorkgroupName: 'other' }, "Redshift endpoint doesn't exist in this region."],
    ['another database', { Database: 'other' }, 'FATAL: database "other" does not exist'],
  ])('refuses %s, at the first attempt', async (_, input, message) => {
    await expect(
      place.client.send(new ExecuteStatementCommand({ ...place.target, Sql: 'SELECT 1', ...input })),
    ).rejects.toMatchObject({
      ...{ name: 'ValidationException', message },
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
  });
});

describeWire('redshift-data', () => place.operations);
