import { createHash } from 'node:crypto';
import { account, region } from '../template/resource-names.ts';
import type { Resource, Stack } from '../template/stack.ts';

/** Twelve letters and digits as CloudFormation puts behind a name, the same on every start. */
const suffixOf = (logicalId: string): string =>
  BigInt(`0x${createHash('sha256').update(logicalId).digest('hex')}`)
    .toString(36)
    .toUpperCase()
    .slice(0, 12);

/** The logical id that SAM gives to what it makes of a function's event. */
export const toEventId = ({ logicalId }: Pick<Resource, 'logicalId'>, eventName: string): string =>
  `${logicalId}${eventName}`;

/** Name of the rule that SAM makes of an event of type Schedule: its own, else one that CloudFormation makes up. */
export const toRuleName = (
  stack: Pick<Stack, 'name'>,
  resource: Resource,
  eventName: string,
  given: unknown,
): string => {
  const logicalId = toEventId(resource, eventName);
  return typeof given === 'string' ? given : `${stack.name}-${logicalId}-${suffixOf(logicalId)}`;
};

export const toRuleArn = (ruleName: string): string => `arn:aws:events:${region}:${account}:rule/${ruleName}`;
