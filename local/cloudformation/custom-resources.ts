import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Invoke } from '../invoke.ts';
import type { Random } from '../random.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { isRecord, TemplateError } from '../template/template.ts';
import type { PhysicalIds } from './physical-ids.ts';

/** Path on the AWS port at which functions PUT their answers, as they do at a signed S3 address in the cloud. */
export const responsePath = '/cloudformation-custom-resource-response/';

export interface CustomResources {
  /**
   * Creates or updates every custom resource of the stack, in the template's order: always, since the code of a function may
   * have changed, which in the cloud shows in its version. Throws with the reason that the function gave.
   */
  run(): Promise<void>;
  /** Takes the PUT of an answer. */
  handle(message: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface CustomResourceSettings {
  readonly stack: Stack;
  readonly physicalIds: PhysicalIds;
  readonly invoke: Invoke;
  readonly awsUrl: string;
  readonly clock: Clock;
  readonly random: Random;
}

interface Answer {
  readonly status: unknown;
  readonly reason: unknown;
  readonly physicalId: unknown;
}

type Properties = Readonly<Record<string, unknown>>;

/** The part of a request that differs by its type. */
type Change =
  | { readonly RequestType: 'Create' }
  | { readonly RequestType: 'Update'; readonly PhysicalResourceId: string; readonly OldResourceProperties: Properties }
  | { readonly RequestType: 'Delete'; readonly PhysicalResourceId: string };

/** CloudFormation's part of the custom resource contract (CloudFormation user guide, "Custom resource reference"). */
export const createCustomResources = ({
  stack,
  physicalIds,
  invoke,
  awsUrl,
  clock,
  random,
}: CustomResourceSettings): CustomResources => {
  const waiting = new Map<string, (answer: Answer) => void>();

  /** Sends one request and waits for its answer; resolves with the physical id that it gives. */
  const request = async (resource: Resource, properties: Properties, change: Change): Promise<string> => {
    const requestId = random.uuid();
    const { ServiceToken: token, ServiceTimeout: timeout } = resource.properties;
    const failed = (reason: string): Answer => ({ status: 'FAILED', reason, physicalId: undefined });
    const answered = new Promise<Answer>((resolve) => waiting.set(requestId, resolve));
    const timedOut = new Promise<Answer>((resolve) => {
      clock.after(Number(timeout ?? 3600) * 1000, () => resolve(failed('no answer in time')));
    });
    const invocation = await invoke(
      String(token),
      JSON.stringify({
        ServiceToken: token,
        ResponseURL: `${awsUrl}${responsePath}${requestId}`,
        StackId: stack.parameters['AWS::StackId'],
        RequestId: requestId,
        LogicalResourceId: resource.logicalId,
        ResourceType: resource.type,
        ResourceProperties: { ServiceToken: token, ...properties },
        ...change,
      }),
    );
    if (invocation.functionError !== undefined) waiting.get(requestId)?.(failed(invocation.payload));
    const { status, reason, physicalId } = await Promise.race([answered, timedOut]);
    waiting.delete(requestId);
    if (status !== 'SUCCESS')
      throw new TemplateError(
        `${stack.template.file}:${stack.template.lineOf(resource.path)}: ${resource.logicalId} failed: ${reason}`,
      );
    return typeof physicalId === 'string' ? physicalId : requestId;
  };

  const bringUpToDate = async (resource: Resource): Promise<void> => {
    const properties = toTexts(resource.properties);
    const before = physicalIds.find(resource.logicalId);
    const physicalId = await request(
      resource,
      properties,
      before === undefined
        ? { RequestType: 'Create' }
        : {
            RequestType: 'Update',
            PhysicalResourceId: before.physicalId,
            OldResourceProperties: { ServiceToken: resource.properties.ServiceToken, ...before.properties },
          },
    );
    physicalIds.set(resource.logicalId, { physicalId, properties });
    if (before !== undefined && before.physicalId !== physicalId)
      await request(resource, before.properties, { RequestType: 'Delete', PhysicalResourceId: before.physicalId });
  };

  return {
    async run() {
      for (const resource of stack.resources) if (resource.type.startsWith('Custom::')) await bringUpToDate(resource);
    },
    async handle(message, response) {
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk);
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const take = waiting.get((message.url ?? '').slice(responsePath.length));
      if (isRecord(body)) take?.({ status: body.Status, reason: body.Reason, physicalId: body.PhysicalResourceId });
      response.statusCode = take === undefined ? 403 : 200;
      response.end();
    },
  };
};

/** CloudFormation sends every value of a custom resource's properties as a text. */
const toTexts = ({ ServiceToken: _, ServiceTimeout: __, ...properties }: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, toText(value)]));

const toText = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(toText);
  return isRecord(value) ? toTexts(value) : String(value);
};
