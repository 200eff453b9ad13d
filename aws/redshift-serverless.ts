import {
  CreateUsageLimitCommand,
  DeleteUsageLimitCommand,
  ListUsageLimitsCommand,
  RedshiftServerlessClient,
  UpdateUsageLimitCommand,
} from '@aws-sdk/client-redshift-serverless';
import { codeOf, Fault } from './fault.ts';

export const periods = ['daily', 'weekly', 'monthly'] as const;
export const breachActions = ['log', 'emit-metric', 'deactivate'] as const;

/** RPU-hours that a workgroup may use in a period. */
export interface UsageLimit {
  readonly resourceArn: string;
  readonly amount: number;
  readonly period: (typeof periods)[number];
  readonly breachAction: (typeof breachActions)[number];
}

export interface UsageLimits {
  /** Makes the limit, or changes the one of the same workgroup and period; resolves with its id. Throws `Fault`. */
  set(limit: UsageLimit): Promise<string>;
  /** Does nothing when there is none of that id. Throws `Fault`. */
  remove(id: string): Promise<void>;
}

/** Ids of usage limits are UUIDs; anything else was never made here. */
const isLimitId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const createUsageLimits = (client: RedshiftServerlessClient = new RedshiftServerlessClient({})): UsageLimits => {
  const find = async ({ resourceArn, period }: UsageLimit): Promise<string | undefined> => {
    const answer = await client.send(new ListUsageLimitsCommand({ resourceArn, usageType: 'serverless-compute' }));
    return answer.usageLimits?.find((each) => each.period === period)?.usageLimitId;
  };
  const call = async <Answer>(what: string, request: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await request();
    } catch (error) {
      throw new Fault(codeOf(error), `${what}: ${error instanceof Error ? error.message : String(error)}`, true, error);
    }
  };
  return {
    set: (limit) =>
      call('usage limit', async () => {
        const { amount, breachAction, period, resourceArn } = limit;
        const usageLimitId = await find(limit);
        if (usageLimitId !== undefined) {
          await client.send(new UpdateUsageLimitCommand({ usageLimitId, amount, breachAction }));
          return usageLimitId;
        }
        const request = { resourceArn, usageType: 'serverless-compute', amount, period, breachAction } as const;
        const answer = await client.send(new CreateUsageLimitCommand(request));
        return answer.usageLimit?.usageLimitId ?? '';
      }),
    async remove(id) {
      if (!isLimitId.test(id)) return;
      await call('usage limit', async () => {
        try {
          await client.send(new DeleteUsageLimitCommand({ usageLimitId: id }));
        } catch (error) {
          if (codeOf(error) !== 'ResourceNotFoundException') throw error;
        }
      });
    },
  };
};
