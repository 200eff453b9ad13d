import type { OpenStack } from '../stack/open.ts';

const consoleHost = (region: string): string => {
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `https://${region}.console.amazonaws-us-gov.com`;
  return `https://${region}.console.aws.amazon.com`;
};

/** Where everything of a deployed stack is, a line each. */
export const addressLines = ({ name, id, region, names }: OpenStack): readonly string[] => {
  const host = consoleHost(region);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Endpoint', names.collector],
    ['Write key', `in Secrets Manager: ${names.writeKeySecretArn}`],
    ['Dashboard', names.dashboardUrl],
    ['Stack', `${host}/cloudformation/home?region=${region}#/stacks/stackinfo?stackId=${encodeURIComponent(id)}`],
    ['Query editor', `${host}/sqlworkbench/home?region=${region}#/client`],
    ['Stream', names.stream],
    ['Lake', `s3://${names.bucket}`],
    ['State', `npx millrace status --stack ${name} --region ${region}`],
  ];
  return rows.flatMap(([label, address]) => (address === undefined ? [] : [`  ${label.padEnd(12)}  ${address}`]));
};
