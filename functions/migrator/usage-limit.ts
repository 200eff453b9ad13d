import { breachActions, periods, type UsageLimit, type UsageLimits } from '#aws/redshift-serverless.ts';
import { type CustomResource, type Properties, requiredText, wordOf } from './custom-resource.ts';

/**
 * `Custom::UsageLimit`: RPU-hours of a workgroup, for which CloudFormation has no type of its own. Properties: ResourceArn,
 * Amount, Period daily|weekly|monthly, BreachAction log|emit-metric|deactivate. The physical id is the limit's.
 */
export const createUsageLimit = (limits: UsageLimits): CustomResource => ({
  async create(properties, work) {
    work.doing('usage limit');
    return limits.set(parseLimit(properties));
  },
  async update(_, properties, work) {
    work.doing('usage limit');
    // A limit of another period or workgroup is another limit; CloudFormation then has the old one deleted.
    return limits.set(parseLimit(properties));
  },
  async remove(physicalId, _, work) {
    work.doing('usage limit');
    await limits.remove(physicalId);
  },
});

const parseLimit = (properties: Properties): UsageLimit => {
  const amount = Number(requiredText(properties, 'Amount'));
  if (!Number.isSafeInteger(amount) || amount < 1)
    throw new Error(`property Amount is "${properties.Amount}", wanted a whole number of RPU-hours`);
  return {
    resourceArn: requiredText(properties, 'ResourceArn'),
    amount,
    period: wordOf(properties, 'Period', periods),
    breachAction: wordOf(properties, 'BreachAction', breachActions),
  };
};
