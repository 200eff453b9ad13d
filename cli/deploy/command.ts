import { join } from 'node:path';
import { createAccount } from '#aws/account.ts';
import { createPreflight } from '#aws/preflight.ts';
import type { Command, Given } from '../command.ts';
import { Failure, UsageError } from '../errors.ts';
import { deliver, doorOf } from '../send/door.ts';
import { testEvent } from '../send/event.ts';
import { explained } from '../stack/failure.ts';
import { openStack } from '../stack/open.ts';
import { stackState } from '../stack/state.ts';
import { awaitEvent } from '../status/await-stack.ts';
import type { Surroundings } from '../surroundings.ts';
import { addressLines } from './addresses.ts';
import { checkDeployment } from './checks.ts';
import type { Deployment } from './deployment.ts';
import { findingLines, planLines } from './plan-lines.ts';
import { findSam, runSam } from './sam.ts';
import { deployArguments } from './sam-arguments.ts';
import { type DeploySettings, parseSettings } from './settings.ts';

const project = join(import.meta.dirname, '../..');
const again = 'put that right and run the same command again: it is safe, and goes on where it can';

/** The person who deploys, if one is there. */
export interface Person {
  /** False where nobody sits at the keyboard. */
  readonly isThere: boolean;
  /** True for y or yes, and where nobody is there: running the script was the answer. */
  confirm(question: string): Promise<boolean>;
}

/** Who, where and what is there. Throws Failure where AWS cannot be asked at all. */
const lookAround = (settings: DeploySettings) =>
  explained(async () => {
    const { stacks } = createAccount(settings.region);
    const region = await stacks.region();
    const preflight = createPreflight(region);
    const { account, arn } = await preflight.caller();
    const deployed = await stacks.find(settings.stackName);
    const deployment: Deployment = { settings, region, account, caller: arn, deployed };
    return { deployment, stacks, preflight };
  });

/** Looks at everything that can be known beforehand, says it all, and throws Failure when something forbids to deploy. */
const check = async (settings: DeploySettings, { out }: Surroundings): Promise<Deployment> => {
  const sam = findSam();
  const { deployment, preflight } = await lookAround(settings);
  const { paint } = out;
  const findings = [
    { level: 'ok', text: `SAM CLI ${sam}, region ${deployment.region}, as ${deployment.caller}` } as const,
    ...(await explained(() => checkDeployment(deployment, preflight))),
  ];
  await out.write(`${paint.bold('Checked')}\n${findingLines(findings, paint).join('\n')}\n\n`);
  const stops = findings.filter(({ level }) => level === 'error').length;
  if (stops > 0)
    throw new Failure(
      `nothing was deployed: ${stops === 1 ? 'one check says' : `${stops} checks say`} STOP above; ${again}`,
    );
  await out.write(`${planLines(deployment, paint).join('\n')}\n`);
  return deployment;
};

const build = async (): Promise<void> => {
  if ((await runSam(['build'], project)) !== 0)
    throw new Failure(`sam build failed, see above, and nothing was deployed: ${again}`);
};

const deployStack = async (deployment: Deployment): Promise<void> => {
  if ((await runSam(deployArguments(deployment), project)) === 0) return;
  const { stackName } = deployment.settings;
  const reason = await explainFailure(deployment).catch(() => undefined);
  throw new Failure(`sam deploy did not deploy stack ${stackName}, see above${reason ?? ''}; ${again}`);
};

/** The first resource that failed and the stack's state, as far as AWS tells. */
const explainFailure = async ({ settings: { stackName }, region }: Deployment): Promise<string | undefined> => {
  const { stacks } = createAccount(region);
  const deployed = await stacks.find(stackName);
  if (deployed === undefined) return undefined;
  const first = (await stacks.failures(stackName)).at(-1);
  const { advice } = stackState(stackName, deployed.status, region);
  return [
    ...(first === undefined ? [] : [`: ${first.logicalId}: ${first.reason}`]),
    ...(advice === undefined ? [] : [`; the stack is ${deployed.status}: ${advice}`]),
  ].join('');
};

/** One event through the deployed API, until it is a row. */
const prove = async ({ settings: { stackName }, region }: Deployment, { out, err }: Surroundings): Promise<void> => {
  const stack = await openStack(stackName, region);
  const event = testEvent(new Date());
  const untold = `the stack is deployed, but no event went all the way: millrace status --stack ${stackName} --region ${region} shows where it stands`;
  try {
    await deliver(await doorOf(stack), event);
    await out.write(`\nThe collector took event ${event.id}; waiting until it is a row\n`);
    const { loaded_at: loadedAt } = await awaitEvent({ stack, timeoutMs: undefined, err }, event.id);
    await out.write(`It is a row since ${loadedAt} (UTC).\n\n${addressLines(stack).join('\n')}\n`);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`${error.message}; ${untold}; running this again is safe`);
    throw error;
  }
};

export const createDeploy = (person: Person): Command => ({
  name: 'deploy',
  summary: 'check, deploy, and prove it with one event',
  operands: 'ENVIRONMENT LAKE-BUCKET [PARAMETER=VALUE…]',
  description: `Deploys Millrace into your AWS account: checks tools, credentials, region, bucket name, quotas and the stack that may be there
already, says what it will make and about what that costs a month, asks, and runs sam build and sam deploy. Then it sends one
event through the deployed API, waits until it is a row, and prints where everything is.

ENVIRONMENT is staging or production (samconfig.toml has the settings of each), LAKE-BUCKET the name of the bucket that the
stack makes. Further parameters of template.yaml are given as NAME=VALUE; what a stack has keeps its value. Needs Node.js 20
or later, npm and the SAM CLI; everything else it brings along. Running it again is safe.`,
  options: {
    guided: { help: "let the SAM CLI ask for every parameter; keep the stack's name that it offers" },
    yes: { help: 'do not ask before deploying; nobody is asked either where the input is no terminal' },
    'check-only': { help: 'check and say what would be made, and deploy nothing' },
    'stack-name': { value: 'NAME', help: "another name than samconfig.toml's: two stacks can live side by side" },
    region: { value: 'REGION', help: 'where to, when AWS_REGION or the profile does not say it' },
  },
  examples: [
    { command: './deploy.sh staging example-lake', meaning: 'the first time, and after every change' },
    {
      command: './deploy.sh production example-lake-production Freshness=economy AlarmEmail=ops@example.com',
      meaning: 'with parameters of its own',
    },
  ],
  exits: {
    ok: 'it is deployed and an event became a row',
    failed: 'a check or a step failed: it says which, and what to do',
  },
  run: async (given: Given, surroundings) => {
    const settings = parseSettings(given, join(project, 'samconfig.toml'));
    if (settings.guided && !person.isThere)
      throw new UsageError('--guided asks questions: run it at a terminal, or give parameters as NAME=VALUE instead');
    const deployment = await check(settings, surroundings);
    if (settings.checkOnly) return 0;
    if (!settings.yes && !(await person.confirm('\nDeploy this? [y/N] '))) {
      await surroundings.err.write('nothing was deployed\n');
      return 1;
    }
    await build();
    await deployStack(deployment);
    await prove(deployment, surroundings);
    return 0;
  },
});
