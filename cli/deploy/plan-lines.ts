import { monthlyCost, total } from '../cost/model.ts';
import { toPlan } from '../cost/plan.ts';
import { prices } from '../cost/prices.ts';
import { inDollars } from '../cost/view.ts';
import type { Paint } from '../paint.ts';
import { readTemplate } from '../template/template.ts';
import { type Deployment, effectiveParameters } from './deployment.ts';
import type { Finding } from './finding.ts';

/** The rate that the estimate is made for; `millrace cost` makes it for others. */
const workload = { eventsPerSecond: 100, batch: 10, eventBytes: 500 };

/** Types worth a word, and the word for one of them. */
const words: Readonly<Record<string, string>> = {
  'AWS::Serverless::HttpApi': 'HTTP API',
  'AWS::Serverless::Function': 'function',
  'AWS::KinesisFirehose::DeliveryStream': 'delivery stream',
  'AWS::S3::Bucket': 'bucket',
  'AWS::SQS::Queue': 'queue',
  'AWS::RedshiftServerless::Workgroup': 'Redshift Serverless workgroup',
  'AWS::EC2::VPC': 'network',
  'AWS::SecretsManager::Secret': 'secret',
  'AWS::IAM::Role': 'role',
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::CloudWatch::Dashboard': 'dashboard',
};

const marks = { ok: 'ok', warning: 'note', error: 'STOP' } as const;

export const findingLines = (findings: readonly Finding[], paint: Paint): readonly string[] => {
  const colours = { ok: paint.green, warning: paint.yellow, error: paint.red };
  return findings.map(({ level, text }) => `  ${colours[level](marks[level].padEnd(4))}  ${text}`);
};

/** What a deployment makes, and about what that costs a month. */
export const planLines = (deployment: Deployment, paint: Paint): readonly string[] => {
  const { settings, region, account, deployed } = deployment;
  const parameters = effectiveParameters(deployment);
  const template = readTemplate();
  const resources = template.resources(parameters);
  const counts = Object.entries(words).flatMap(([type, word]) => {
    const count = resources.filter((each) => each.type === type).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? word : plural(word)}`];
  });
  const plan = toPlan(template, parameters);
  const [idle, busy] = [monthlyCost(plan, { ...workload, eventsPerSecond: 0 }), monthlyCost(plan, workload)];
  const dearest = busy[0];
  const given = Object.entries(settings.parameters).map(
    ([name, value]) => `${name}=${name === 'WriteKey' ? '****' : value}`,
  );
  return [
    `${paint.bold(deployed === undefined ? 'Makes' : 'Updates')} stack ${settings.stackName} in ${region}, account ${account}: ${counts.join(', ')}.`,
    `${paint.bold('With')} ${given.join(', ')}.`,
    `${paint.bold('Costs')} about ${inDollars(total(idle))} a month while nothing is sent and ${inDollars(total(busy))} at ${workload.eventsPerSecond} events a second${
      dearest === undefined ? '' : `, of which ${dearest.resource} ${inDollars(dearest.dollars)}`
    } (freshness ${plan.freshness}; planning numbers of ${prices.date}; millrace cost says what saves most).`,
  ];
};

const plural = (word: string): string => (word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`);
