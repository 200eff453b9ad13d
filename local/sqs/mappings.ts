import type { Clock } from '../clock.ts';
import { declare } from '../declare.ts';
import type { Iam } from '../iam/iam.ts';
import type { Lambda } from '../lambda/lambda.ts';
import { account, region } from '../template/resource-names.ts';
import type { Stack } from '../template/stack.ts';
import { createEventSourceMapping, type EventSourceMapping } from './event-source-mapping.ts';
import { toMappings } from './from-template.ts';
import { createPolledQueue } from './poller.ts';
import type { Sqs } from './sqs.ts';

export interface MappingsSettings {
  readonly stack: Stack;
  readonly iam: Iam;
  readonly sqs: Sqs;
  readonly lambda: Lambda;
  readonly clock: Clock;
}

/** Every event source mapping of the stack, not started: the functions' events of type SQS, read with the functions' roles. */
export const createMappings = ({ stack, iam, sqs, lambda, clock }: MappingsSettings): readonly EventSourceMapping[] =>
  stack.ofType('AWS::Serverless::Function').flatMap((resource) =>
    toMappings(resource).map(({ queueArn, ...mapping }) =>
      declare(stack, resource, () =>
        createEventSourceMapping({
          ...mapping,
          queue: createPolledQueue(iam, sqs.queueByArn(queueArn), () => lambda.takeRole(resource.logicalId)),
          clock,
          invoke: lambda.invoke,
          region,
          accountId: account,
        }),
      ),
    ),
  );
