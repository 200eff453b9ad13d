import type { Preflight } from '#aws/preflight.ts';
import { stackState } from '../stack/state.ts';
import { readTemplate } from '../template/template.ts';
import { type DeployedStack, type Deployment, effectiveParameters } from './deployment.ts';
import { error, type Finding, ok, unlessAsked, warning } from './finding.ts';

/** Every check at once, in the order in which they are read.  */
export const checkDeployment = (deployment: Deployment, preflight: Preflight): Promise<readonly Finding[]> =>
  Promise.all([
    ...checkRules(deployment),
    checkStack(deployment),
    ...checkCapacity(deployment),
    unlessAsked('the lake bucket', () => checkBucket(deployment, preflight)),
    ...checkWarehouse(deployment, preflight),
    ...checkNetwork(deployment, preflight),
  ]);

/** CloudFormation says the same, once everything is built. */
const checkRules = (deployment: Deployment): readonly Finding[] =>
  readTemplate().objections(effectiveParameters(deployment), deployment.region).map(error);

const checkStack = ({ settings, region, deployed }: Deployment): Finding => {
  const { stackName } = settings;
  if (deployed === undefined) return ok(`stack ${stackName} is not there yet: it is made`);
  const { deployable, advice } = stackState(stackName, deployed.status, region);
  if (!deployable) return error(`stack ${stackName} is ${deployed.status}: ${advice}`);
  if (deployed.status === 'REVIEW_IN_PROGRESS') return ok(`stack ${stackName} was prepared and never made: it is made`);
  if (deployed.outputs.CollectorUrl === undefined)
    return error(`stack ${stackName} is there and is not Millrace's: choose another name with --stack-name`);
  return advice === undefined
    ? ok(`stack ${stackName} is there (${deployed.status}): it is updated`)
    : warning(`stack ${stackName} is ${deployed.status}: ${advice}`);
};

/** Redshift Serverless changes one of the two in a request, and CloudFormation sends both ("UpdateWorkgroup"). */
const checkCapacity = ({ settings: { parameters }, deployed }: Deployment): readonly Finding[] => {
  const changed = ['BaseCapacity', 'MaxCapacity'].filter((name) => {
    const [before, after] = [deployed?.parameters[name], parameters[name]];
    return before !== undefined && after !== undefined && before !== after;
  });
  return changed.length < 2
    ? []
    : [error('BaseCapacity and MaxCapacity cannot change at once: deploy with one of them, then with the other')];
};

const lakeOf = (deployed: DeployedStack | undefined): string | undefined => deployed?.outputs.LakeBucketName;

const checkBucket = async (
  { settings: { bucket, stackName }, region, account, deployed }: Deployment,
  preflight: Preflight,
): Promise<Finding> => {
  const owner = await preflight.bucketOwner(bucket, account);
  const lake = lakeOf(deployed);
  if (lake !== undefined && lake !== bucket)
    return error(
      `stack ${stackName} has the lake ${lake}, and what is under way to it would not be loaded from another: give ${lake}, or make another stack with --stack-name`,
    );
  if (lake === bucket)
    return owner.kind === 'account'
      ? ok(`bucket ${bucket} is this stack's lake`)
      : error(
          `bucket ${bucket} was this stack's lake and is gone: make a bucket of this name again, or choose another name`,
        );
  if (owner.kind === 'other')
    return error(
      `bucket ${bucket} belongs to another account, or these credentials may not see it: choose another name, such as ${bucket}-${account}`,
    );
  if (owner.kind === 'account')
    return owner.region === region
      ? error(
          `bucket ${bucket} is in this account already and is not this stack's: choose another name; or, if a stack that you deleted left it behind, copy what you need from it and delete it`,
        )
      : error(
          `bucket ${bucket} is in this account already, in ${owner.region}, and this goes to ${region}: choose another name, or deploy there with --region ${owner.region}`,
        );
  return ok(`bucket ${bucket} is free: it is made`);
};

/** A stack that is there has its warehouse and network. */
const hasWarehouse = ({ deployed }: Deployment): boolean =>
  deployed?.outputs.WorkgroupName !== undefined || deployed?.outputs.ClusterIdentifier !== undefined;

const checkWarehouse = (deployment: Deployment, preflight: Preflight): readonly Promise<Finding>[] => {
  const { parameters, stackName } = deployment.settings;
  const { WorkgroupName: brought = '', ClusterIdentifier: cluster = '', WarehouseName: named = '' } = parameters;
  if (cluster !== '') return [];
  if (brought !== '')
    return [
      unlessAsked('the workgroup', async () =>
        (await preflight.workgroupExists(brought))
          ? ok(`workgroup ${brought} is there: it is used`)
          : error(`there is no workgroup ${brought} in this region: check WorkgroupName and --region`),
      ),
    ];
  if (hasWarehouse(deployment)) return [];
  const name = named === '' ? stackName : named;
  return [
    unlessAsked("the warehouse's name", async () =>
      (await preflight.namespaceExists(name))
        ? error(
            `a Redshift Serverless namespace ${name} is there already: a stack that was deleted left it behind with its tables; give the new one a name with WarehouseName=OTHER-NAME, or delete the old one in the Redshift console`,
          )
        : ok(`warehouse ${name} is free: it is made`),
    ),
  ];
};

/** AWS gives a region five VPCs, until more are asked for. */
const usualVpcs = 5;
/** Redshift Serverless wants subnets in so many availability zones; us-west-1 shows two, which are enough there. */
const leastZones = (region: string): number => (region === 'us-west-1' ? 2 : 3);

const checkNetwork = (deployment: Deployment, preflight: Preflight): readonly Promise<Finding>[] => {
  const { WorkgroupName: brought = '', ClusterIdentifier: cluster = '' } = deployment.settings.parameters;
  if (brought !== '' || cluster !== '' || hasWarehouse(deployment)) return [];
  return [
    unlessAsked('the number of networks', async () => {
      const vpcs = await preflight.vpcs();
      return vpcs < usualVpcs
        ? ok(`the region has ${vpcs} VPCs, and room for one more`)
        : warning(
            `the region has ${vpcs} VPCs, and ${usualVpcs} is what AWS allows unless you asked for more (Service Quotas, "VPCs per Region"): beyond the quota the deployment is rolled back`,
          );
    }),
    unlessAsked('the availability zones', async () => {
      const zones = await preflight.zones();
      return zones >= leastZones(deployment.region)
        ? ok(`the region has ${zones} availability zones`)
        : error(
            `this account sees ${zones} availability zones in the region, and Redshift Serverless needs ${leastZones(deployment.region)}: choose another region with --region`,
          );
    }),
  ];
};
