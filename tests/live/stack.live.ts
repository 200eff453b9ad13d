// What CloudFormation made is what the template says: every resource is there and complete, the alarms among them.
//
//   MILLRACE_STACK=millrace-staging npm run test:live -- tests/live/stack.live.ts
import { beforeAll, expect, it } from 'vitest';
import type { DeployedResource } from '#aws/cloudformation.ts';
import type { OpenStack } from '#cli/stack/open.ts';
import { readPicture } from '#cli/status/stack.ts';
import { readTemplate } from '#cli/template/template.ts';
import { describeLive, openLive } from './support.ts';

describeLive('the stack', () => {
  let stack: OpenStack;
  let deployed: readonly DeployedResource[];
  beforeAll(async () => {
    stack = await openLive();
    deployed = await stack.account.stacks.resources(stack.name);
  });

  it('has every resource that template.yaml declares for its parameters, each complete', () => {
    const declared = readTemplate().resources(stack.parameters);
    const there = new Set(deployed.map(({ logicalId }) => logicalId));
    expect(declared.map(({ logicalId }) => logicalId).filter((logicalId) => !there.has(logicalId))).toEqual([]);
    expect(deployed.filter(({ status }) => !/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status))).toEqual([]);
  });

  it('has its alarms and its dashboard', () => {
    const names = (type: string) => deployed.filter((each) => each.type === type).map(({ physicalId }) => physicalId);
    const alarms = names('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(5);
    expect(alarms.filter((name) => !name.includes(stack.name))).toEqual([]);
    expect(names('AWS::CloudWatch::Dashboard')).toHaveLength(1);
  });

  it('is well, stage by stage', async () => {
    const { status, problems } = await readPicture(stack, { asksWarehouse: true });
    expect({ status, problems }).toEqual({ status: 'ok', problems: [] });
  });
});
