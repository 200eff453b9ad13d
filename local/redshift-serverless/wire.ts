import { AwsError } from '../aws-error.ts';
import { checkLimits, type Limits, text, whole } from '../aws-limits.ts';
import { createInput, type Input, type Refuse } from '../aws-wire.ts';
import type { JsonService, Operation } from '../operations.ts';
import type { UsageLimits } from './usage-limits.ts';

const refuse: Refuse = (_, __, detail) => new AwsError('ValidationException', detail);

const usageTypes = ['serverless-compute', 'cross-region-datasharing'];
const periods = ['daily', 'weekly', 'monthly'];
const breachActions = ['log', 'emit-metric', 'deactivate'];
/** Members whose values are not looked at further (ListUsageLimits, Redshift Serverless API reference). */
const memberLimits: Limits = { maxResults: whole(1, 100), nextToken: text({ min: 8, max: 1024 }) };
const amounts = { min: 1, max: Number.MAX_SAFE_INTEGER };

/** Redshift Serverless's AWS JSON 1.1 protocol, the part of it that a deployment uses: usage limits. */
export const createRedshiftServerlessService = (limits: UsageLimits): JsonService => {
  const withInput =
    (operation: (input: Input) => unknown): Operation =>
    (members) => {
      checkLimits(members, memberLimits, refuse);
      return operation(createInput(members, refuse));
    };

  return {
    target: 'RedshiftServerless',
    protocol: '1.1',
    messageMember: 'message',
    operations: {
      CreateUsageLimit: withInput((input) => ({
        usageLimit: limits.create({
          resourceArn: input.text('resourceArn'),
          usageType: wordOf(input, 'usageType', usageTypes) ?? missing('usageType'),
          amount: input.optionalInteger('amount', amounts) ?? missing('amount'),
          period: wordOf(input, 'period', periods) ?? 'monthly',
          breachAction: wordOf(input, 'breachAction', breachActions) ?? 'log',
        }),
      })),
      GetUsageLimit: withInput((input) => ({ usageLimit: limits.get(input.text('usageLimitId')) })),
      UpdateUsageLimit: withInput((input) => {
        const amount = input.optionalInteger('amount', amounts);
        const breachAction = wordOf(input, 'breachAction', breachActions);
        const change = { ...(amount !== undefined && { amount }), ...(breachAction !== undefined && { breachAction }) };
        return { usageLimit: limits.update(input.text('usageLimitId'), change) };
      }),
      DeleteUsageLimit: withInput((input) => ({ usageLimit: limits.remove(input.text('usageLimitId')) })),
      ListUsageLimits: withInput((input) => {
        const resourceArn = input.optionalText('resourceArn');
        const usageType = wordOf(input, 'usageType', usageTypes);
        const wanted = limits
          .all()
          .filter((limit) => resourceArn === undefined || limit.resourceArn === resourceArn)
          .filter((limit) => usageType === undefined || limit.usageType === usageType);
        return { usageLimits: wanted };
      }),
    },
    // None of these actions can be given for one resource ("Actions … for Amazon Redshift Serverless").
    needs: Object.fromEntries(
      ['CreateUsageLimit', 'GetUsageLimit', 'UpdateUsageLimit', 'DeleteUsageLimit', 'ListUsageLimits'].map((name) => [
        name,
        () => [{ action: `redshift-serverless:${name}`, resource: '*' }],
      ]),
    ),
  };
};

const wordOf = (input: Input, name: string, words: readonly string[]): string | undefined => {
  const value = input.optionalText(name);
  if (value !== undefined && !words.includes(value))
    throw new AwsError('ValidationException', `${name} must be one of ${words.join(', ')}.`);
  return value;
};

const missing = (name: string): never => {
  throw new AwsError('ValidationException', `${name} is required.`);
};
