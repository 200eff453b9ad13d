import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parameterFault } from '#cli/template/parameter-fault.ts';
import { readTemplate } from '#cli/template/template.ts';
import { createStack } from '#local/template/stack.ts';
import { readTemplate as readWhole } from '#local/template/template.ts';

const template = readTemplate();
const whole = readWhole(new URL('../../template.yaml', import.meta.url).pathname);
const brought = {
  SecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:mine-abcdef',
  CopyRoleArn: 'arn:aws:iam::000000000000:role/mine',
};

describe("the command line's view of template.yaml", () => {
  it.each<Record<string, string>>([
    {},
    { Environment: 'production', UsageLimitRpuHours: '0', LandedInfrequentAccessDays: '0' },
    { WorkgroupName: 'mine', ...brought },
    { ClusterIdentifier: 'mine', ...brought },
    { KinesisStreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/mine' },
  ])('holds the same resources as the laptop makes of it for %j', (parameters) => {
    const stack = createStack(whole, {
      name: 'shop',
      parameters: { DataLocation: 'shop-lake', ...parameters },
      awsUrl: 'http://localhost:1',
    });
    expect(template.resources(parameters).map(({ logicalId, type }) => `${logicalId} ${type}`)).toEqual(
      stack.resources.map(({ logicalId, type }) => `${logicalId} ${type}`),
    );
  });
});

describe("the template's rules", () => {
  it.each<[string, Record<string, string>, string, readonly string[]]>([
    ['defaults', {}, 'us-east-1', []],
    ['4 RPUs where there are none', {}, 'eu-south-2', [expect.stringContaining('give BaseCapacity=8')]],
    ['8 RPUs there', { BaseCapacity: '8' }, 'eu-south-2', []],
    ['a maximum below the base', { BaseCapacity: '32' }, 'us-east-1', ['MaxCapacity must be at least BaseCapacity']],
    [
      'two warehouses, half of one',
      { WorkgroupName: 'a', ClusterIdentifier: 'b', SecretArn: 'c' },
      'us-east-1',
      ['give WorkgroupName or ClusterIdentifier, not both', expect.stringContaining('needs CopyRoleArn')],
    ],
  ])('say about %s what CloudFormation would', (_, parameters, region, objections) => {
    expect(template.objections(parameters, region)).toEqual(objections);
  });
});

describe('a parameter', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'parameters-')), 'template.yaml');
  writeFileSync(
    file,
    `Parameters:
  Dial: {Type: String, AllowedValues: [slow, middle, fast]}
  Units: {Type: Number, AllowedValues: [4, 8]}
  Days: {Type: Number, MinValue: 1, MaxValue: 365}
  Told: {Type: Number, MinValue: 1, ConstraintDescription: must be at least one day}
  Name: {Type: String, AllowedPattern: "^[a-z]+$"}
  Url: {Type: String, AllowedPattern: "^https:", ConstraintDescription: must begin with https}
`,
  );
  const small = readTemplate(pathToFileURL(file));
  afterAll(() => rmSync(dirname(file), { recursive: true, force: true }));

  it.each([
    ['Dial', 'slow', undefined],
    ['Units', '8', undefined],
    ['Days', '365', undefined],
    ['Name', 'web', undefined],
    ['Dial', 'quick', 'Dial=quick: must be slow, middle or fast'],
    ['Units', '5', 'Units=5: must be 4 or 8'],
    ['Days', '366', 'Days=366: must be from 1 to 365'],
    ['Days', '', 'Days=: must be a number'],
    ['Days', 'many', 'Days=many: must be a number'],
    ['Told', '0', 'Told=0: must be at least one day'],
    ['Name', 'Web', 'Name=Web: must match ^[a-z]+$'],
    ['Url', 'ftp:', 'Url=ftp:: must begin with https'],
    ['Dyal', 'slow', 'there is no parameter Dyal: did you mean Dial?'],
    ['toString', 'x', 'there is no parameter toString'],
  ])('%s=%s: %s', (name, value, fault) => {
    expect(parameterFault(small, name, value)).toBe(fault);
  });
});
