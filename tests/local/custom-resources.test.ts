import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#local/clock.ts';
import { createCustomResources } from '#local/cloudformation/custom-resources.ts';
import { createPhysicalIds } from '#local/cloudformation/physical-ids.ts';
import type { Invoke } from '#local/invoke.ts';
import { systemRandom } from '#local/random.ts';
import { openStore } from '#local/store.ts';
import { createStack } from '#local/template/stack.ts';
import { isRecord, readTemplate } from '#local/template/template.ts';
import { listen } from '#tests/loopback.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const stackWith = (amount: number) => {
  const file = join(mkdtempSync(join(tmpdir(), 'custom-resources-')), 'template.yaml');
  writeFileSync(
    file,
    `Resources:
  Limit:
    Type: Custom::Limit
    Properties: { ServiceToken: function-arn, ServiceTimeout: 5, Amount: ${amount}, On: true, Of: [1, x], Left: !Ref AWS::NoValue }
`,
  );
  return createStack(readTemplate(file), { name: 'stack', parameters: {}, awsUrl: 'http://localhost:1' });
};

type Request = Readonly<Record<string, unknown>>;
type ToAnswer = (request: Request) => Readonly<Record<string, unknown>> | 'crash';

/** CloudFormation with one store, and a function that answers each request as it is told. */
const createCloudFormation = async () => {
  const store = openStore(':memory:');
  const requests: Request[] = [];
  let toAnswer: ToAnswer = () => ({});
  let current: ReturnType<typeof createCustomResources> | undefined;
  const { url, close } = await listen((message, response) => void current?.handle(message, response));
  stops.push(() => {
    close();
    store.close();
  });
  const invoke: Invoke = async (_, payload) => {
    const request: unknown = JSON.parse(String(payload));
    if (!isRecord(request)) throw new Error('no request');
    requests.push(request);
    const answer = toAnswer(request);
    if (answer === 'crash') return { functionError: 'Unhandled', payload: '{"errorMessage":"boom"}' };
    await fetch(String(request.ResponseURL), { method: 'PUT', body: JSON.stringify(answer) });
    return { payload: 'null' };
  };
  return {
    requests,
    deploy: async (amount: number, answers: ToAnswer) => {
      toAnswer = answers;
      current = createCustomResources({
        stack: stackWith(amount),
        physicalIds: createPhysicalIds(store),
        invoke,
        awsUrl: url,
        clock: systemClock,
        random: systemRandom,
      });
      await current.run();
    },
  };
};

const done =
  (PhysicalResourceId: string): ToAnswer =>
  () => ({ Status: 'SUCCESS', PhysicalResourceId });

describe('custom resources', () => {
  it('are created once, then updated with what they were before', async () => {
    const { deploy, requests } = await createCloudFormation();
    await deploy(1, done('limit-1'));
    await deploy(2, done('limit-1'));
    expect(requests).toMatchObject([
      {
        RequestType: 'Create',
        LogicalResourceId: 'Limit',
        ResourceType: 'Custom::Limit',
        ServiceToken: 'function-arn',
        ResourceProperties: { ServiceToken: 'function-arn', Amount: '1', On: 'true', Of: ['1', 'x'] },
      },
      {
        RequestType: 'Update',
        PhysicalResourceId: 'limit-1',
        ResourceProperties: { Amount: '2' },
        OldResourceProperties: { ServiceToken: 'function-arn', Amount: '1' },
      },
    ]);
    expect(requests[0]).not.toHaveProperty('PhysicalResourceId');
    expect(requests[0]?.ResourceProperties).not.toHaveProperty('Left');
    expect(requests[0]?.ResourceProperties).not.toHaveProperty('ServiceTimeout');
  });

  it('are deleted under their old id when an update gives another', async () => {
    const { deploy, requests } = await createCloudFormation();
    await deploy(1, done('limit-1'));
    await deploy(2, ({ RequestType }) => ({
      Status: 'SUCCESS',
      PhysicalResourceId: RequestType === 'Delete' ? 'limit-1' : 'limit-2',
    }));
    expect(requests.slice(1)).toMatchObject([
      { RequestType: 'Update', PhysicalResourceId: 'limit-1' },
      { RequestType: 'Delete', PhysicalResourceId: 'limit-1', ResourceProperties: { Amount: '1' } },
    ]);
    await deploy(2, done('limit-2'));
    expect(requests.at(-1)).toMatchObject({ RequestType: 'Update', PhysicalResourceId: 'limit-2' });
  });

  it('that fail say why, with the line of the template, and are created again the next time', async () => {
    const { deploy, requests } = await createCloudFormation();
    await expect(deploy(1, () => ({ Status: 'FAILED', Reason: 'no such workgroup' }))).rejects.toThrow(
      /template\.yaml:2: Limit failed: no such workgroup/,
    );
    await expect(deploy(1, () => 'crash')).rejects.toThrow(/Limit failed: .*boom/);
    await deploy(1, done('limit-1'));
    expect(requests.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Create', 'Create']);
  });
});
