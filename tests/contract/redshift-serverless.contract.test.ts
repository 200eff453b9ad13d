import {
  CreateUsageLimitCommand,
  DeleteUsageLimitCommand,
  GetUsageLimitCommand,
  ListUsageLimitsCommand,
  RedshiftServerlessClient,
  UpdateUsageLimitCommand,
} from '@aws-sdk/client-redshift-serverless';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUsageLimits } from '#aws/redshift-serverless.ts';
import { describeWire } from '../models/suite.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

let standIns: StandIns;
let client: RedshiftServerlessClient;
beforeAll(async () => {
  standIns = await startStandIns();
  client = new RedshiftServerlessClient(standIns.client);
});
afterAll(async () => {
  client.destroy();
  await standIns.stop();
});

const arnOf = (name: string): string => `arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/${name}`;
const limit = { usageType: 'serverless-compute', amount: 120, period: 'daily', breachAction: 'deactivate' } as const;

describe('usage limits of Redshift Serverless through its SDK', () => {
  it('are created, read, changed, listed and deleted', async () => {
    const { usageLimit } = await client.send(new CreateUsageLimitCommand({ ...limit, resourceArn: arnOf('a') }));
    const usageLimitId = usageLimit?.usageLimitId ?? '';
    expect(usageLimit).toMatchObject({ ...limit, resourceArn: arnOf('a') });
    await client.send(new UpdateUsageLimitCommand({ usageLimitId, amount: 7, breachAction: 'log' }));
    const read = await client.send(new GetUsageLimitCommand({ usageLimitId }));
    expect(read.usageLimit).toMatchObject({ amount: 7, breachAction: 'log', period: 'daily' });
    const { usageLimits } = await client.send(new ListUsageLimitsCommand({ resourceArn: arnOf('a') }));
    expect(usageLimits?.map((each) => each.usageLimitId)).toEqual([usageLimitId]);
    await client.send(new DeleteUsageLimitCommand({ usageLimitId }));
    await expect(client.send(new GetUsageLimitCommand({ usageLimitId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('are monthly and logged unless they say otherwise', async () => {
    const made = await client.send(
      new CreateUsageLimitCommand({ resourceArn: arnOf('b'), usageType: 'serverless-compute', amount: 1 }),
    );
    expect(made.usageLimit).toMatchObject({ period: 'monthly', breachAction: 'log' });
  });

  it('are one a period for each workgroup', async () => {
    const request = { ...limit, resourceArn: arnOf('c') };
    await client.send(new CreateUsageLimitCommand(request));
    await expect(client.send(new CreateUsageLimitCommand(request))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  it.each([{ amount: 0 }, { amount: 1.5 }])('are refused with %j', async (wrong) => {
    const request = { ...limit, ...wrong, resourceArn: arnOf('d') };
    await expect(client.send(new CreateUsageLimitCommand(request))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe("the migrator's usage limits", () => {
  it('set a limit, change it, make another for another period, and remove each', async () => {
    const limits = createUsageLimits(client);
    const wanted = { resourceArn: arnOf('m'), amount: 10, period: 'daily', breachAction: 'log' } as const;
    const id = await limits.set(wanted);
    expect(await limits.set({ ...wanted, amount: 20, breachAction: 'deactivate' })).toBe(id);
    const monthly = await limits.set({ ...wanted, period: 'monthly' });
    expect(monthly).not.toBe(id);
    const listed = await client.send(new ListUsageLimitsCommand({ resourceArn: arnOf('m') }));
    expect(listed.usageLimits).toHaveLength(2);
    await limits.remove(id);
    await limits.remove(id);
    await limits.remove(monthly);
    await limits.remove('never-made');
    const after = await client.send(new ListUsageLimitsCommand({ resourceArn: arnOf('m') }));
    expect(after.usageLimits).toEqual([]);
  });

  it('say what went wrong', async () => {
    const wrong = { resourceArn: arnOf('w'), amount: 0, period: 'daily', breachAction: 'log' } as const;
    await expect(createUsageLimits(client).set(wrong)).rejects.toThrow(/usage limit: amount/);
  });
});

describeWire('redshift-serverless', () => [
  'CreateUsageLimit',
  'DeleteUsageLimit',
  'GetUsageLimit',
  'ListUsageLimits',
  'UpdateUsageLimit',
]);
