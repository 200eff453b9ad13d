import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Invoke } from '../invoke.ts';
import type { Random } from '../random.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { isRecord, TemplateError } from '../template/template.ts';

/** Path on the AWS port at which functions PUT their answers, as they do at a signed S3 address in the cloud. */
export const responsePath = '/cloudformation-custom-resource-response/';

export interface CustomResources {
  /** Runs every custom resource of the stack, in the template's order. Throws with the reason that the function gave. */
  run(requestType: 'Create' | 'Update'): Promise<void>;
  /** Takes the PUT of an answer. */
  handle(message: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface CustomResourceSettings {
  readonly stack: Stack;
  readonly invoke: Invoke;
  readonly awsUrl: string;
  readonly clock: Clock;
  readonly random: Random;
}

interface Answer {
  readonly status: unknown;
  readonly reason: unknown;
}

/** CloudFormation's part of the custom resource contract (CloudFormation user guide, "Custom resource reference"). */
export const createCustomResources = ({
  stack,
  invoke,
  awsUrl,
  clock,
  random,
}: CustomResourceSettings): CustomResources => {
  const waiting = new Map<string, (answer: Answer) => void>();

  const runOne = async (resource: Resource, requestType: 'Create' | 'Update'): Promise<void> => {
    const requestId = random.uuid();
    const { ServiceToken: token, ServiceTimeout: timeout = 3600, ...properties } = resource.properties;
    const answered = new Promise<Answer>((resolve) => waiting.set(requestId, resolve));
    const timedOut = new Promise<Answer>((resolve) => {
      clock.after(Number(timeout) * 1000, () => resolve({ status: 'FAILED', reason: 'no answer in time' }));
    });
    const invocation = await invoke(
      String(token),
      JSON.stringify({
        RequestType: requestType,
        ServiceToken: token,
        ResponseURL: `${awsUrl}${responsePath}${requestId}`,
        StackId: stack.parameters['AWS::StackId'],
        RequestId: requestId,
        LogicalResourceId: resource.logicalId,
        ResourceType: resource.type,
        ResourceProperties: { ServiceToken: token, ...properties },
        ...(requestType === 'Update' && { PhysicalResourceId: resource.logicalId, OldResourceProperties: {} }),
      }),
    );
    if (invocation.functionError !== undefined)
      waiting.get(requestId)?.({ status: 'FAILED', reason: invocation.payload });
    const { status, reason } = await Promise.race([answered, timedOut]);
    waiting.delete(requestId);
    if (status !== 'SUCCESS')
      throw new TemplateError(
        `${stack.template.file}:${stack.template.lineOf(resource.path)}: ${resource.logicalId} failed: ${reason}`,
      );
  };

  return {
    async run(requestType) {
      for (const resource of stack.resources)
        if (resource.type.startsWith('Custom::')) await runOne(resource, requestType);
    },
    async handle(message, response) {
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk);
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const take = waiting.get((message.url ?? '').slice(responsePath.length));
      if (isRecord(body)) take?.({ status: body.Status, reason: body.Reason });
      response.statusCode = take === undefined ? 403 : 200;
      response.end();
    },
  };
};
