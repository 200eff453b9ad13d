import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStack } from '#local/template/stack.ts';
import { readTemplate } from '#local/template/template.ts';

const folder = mkdtempSync(join(tmpdir(), 'template-'));
const stackOf = (yaml: string, parameters: Record<string, string> = {}) => {
  const file = join(folder, 'template.yaml');
  writeFileSync(file, yaml);
  return createStack(readTemplate(file), { name: 'stack', parameters, awsUrl: 'http://localhost:1' });
};

const bucket = (name: string, extra = ''): string =>
  `Resources:\n  Lake:\n    Type: AWS::S3::Bucket\n${extra}    Properties:\n      BucketName: ${name}\n`;
const nameOf = (yaml: string, parameters?: Record<string, string>) =>
  stackOf(yaml, parameters).resources[0]?.properties.BucketName;

describe('intrinsic functions', () => {
  it.each([
    ['!Sub "${AWS::StackName}-lake"', 'stack-lake'],
    ['!Sub ["${A}-${!B}", {A: x}]', 'x-${B}'],
    ['!Join ["-", [a, !Ref AWS::Region]]', 'a-us-east-1'],
    ['!Select [1, !Split [",", "a,b"]]', 'b'],
    ['!Join [" ", !Cidr [10.71.0.0/22, 3, 8]]', '10.71.0.0/24 10.71.1.0/24 10.71.2.0/24'],
    ['!Select [2, !Cidr [10.0.0.77/16, 4, 5]]', '10.0.0.64/27'],
    ['!Select [2, !GetAZs ""]', 'us-east-1c'],
    ['!If [Known, a, b]', 'a'],
    ['!If [Yes, a, b]', 'a'],
    ['!If [No, a, b]', 'b'],
    ['{"Fn::If": [Both, a, b]}', 'b'],
    ['!FindInMap [Dial, fast, Name]', 'quick'],
    ['!If [No, a, !Ref AWS::NoValue]', undefined],
    ['!Ref Given', 'default'],
  ])('%s is %s', (expression, value) => {
    const head = `Parameters:\n  Given: {Type: String, Default: default}\nMappings:\n  Dial: {fast: {Name: quick}}
Conditions:\n  Yes: !Equals [a, a]\n  No: !Not [!Condition Yes]\n  Both: !And [!Condition Yes, !Condition No]\n  Either: !Or [!Condition Yes, !Condition No]\n  Known: !Contains [[eu-west-1, us-east-1], !Ref AWS::Region]\n`;
    expect(nameOf(head + bucket(expression))).toBe(value);
  });

  it('resources refer to each other in any order, even both ways', () => {
    const stack = stackOf(`Resources:
  First: {Type: AWS::SQS::Queue, Properties: {QueueName: first, RedrivePolicy: {deadLetterTargetArn: !GetAtt Second.Arn, maxReceiveCount: 3}}}
  Second: {Type: AWS::SQS::Queue, Properties: {QueueName: second, Tags: [!GetAtt First.Arn]}}
`);
    expect(stack.resources.map(({ properties }) => properties)).toMatchObject([
      { RedrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:second' } },
      { Tags: ['arn:aws:sqs:us-east-1:000000000000:first'] },
    ]);
  });

  it('leaves out a resource whose condition does not hold', () => {
    expect(stackOf(`Conditions:\n  No: !Equals [a, b]\n${bucket('lake', '    Condition: No\n')}`).resources).toEqual(
      [],
    );
  });

  it('joins Globals under the properties of a function', () => {
    const [resource] = stackOf(`Globals:
  Function: {Runtime: nodejs24.x, Environment: {Variables: {A: '1', B: '2'}}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {FunctionName: f, Environment: {Variables: {B: '3'}}}}
`).resources;
    expect(resource?.properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Environment: { Variables: { A: '1', B: '3' } },
    });
  });
});

describe('what the laptop cannot run is named with its line', () => {
  it.each([
    ['an unknown function', bucket('!Transform [a, b]'), /template\.yaml:5.*Transform/],
    ['addresses that cannot be divided', bucket('!Cidr [10.0.0.0/30, 3, 8]'), /:5: 10\.0\.0\.0\/30 cannot be divided/],
    [
      'an unknown long form',
      bucket('{"Fn::Length": [a]}'),
      /:5: Fn::Length is a function that the laptop does not know/,
    ],
    [
      'an unknown type',
      'Resources:\n  Db:\n    Type: AWS::DynamoDB::Table\n',
      /:3: AWS::DynamoDB::Table is a resource type/,
    ],
    ['an unknown name', bucket('!Ref Nothing'), /:5: there is no parameter or resource Nothing/],
    ['a name in a circle', bucket('!GetAtt Lake.Arn'), /:2: the name of Lake depends on itself/],
    [
      'an unknown attribute',
      bucket('!GetAtt Q.Color', '').replace('Resources:\n', 'Resources:\n  Q: {Type: AWS::SQS::Queue}\n'),
      /:6: Q\.Color is not an attribute/,
    ],
    ['an unknown mapping', bucket('!FindInMap [A, b, c]'), /:5: there is no mapping A\.b\.c/],
    ['broken YAML', 'Resources: [', /template\.yaml:1/],
  ])('%s', (_, yaml, message) => expect(() => stackOf(yaml)).toThrow(message));

  it('checks parameters by the rules of the template', () => {
    const yaml = `Parameters:\n  Size: {Type: String, AllowedValues: [a, b], Default: a}\n  Word: {Type: String, AllowedPattern: '^x+$', ConstraintDescription: must be x, Default: x}\n${bucket('lake')}`;
    expect(() => stackOf(yaml, { Size: 'c' })).toThrow(/:2: parameter Size: "c" is none of a, b/);
    expect(() => stackOf(yaml, { Word: 'y' })).toThrow(/:3: parameter Word: "y" must be x/);
    expect(() => stackOf(yaml, { Other: 'y' })).toThrow(/there is no parameter Other/);
  });

  it('checks numbers by their bounds', () => {
    const yaml = `Parameters:\n  Days: {Type: Number, MinValue: 1, MaxValue: 9, Default: 2}\n${bucket('lake')}`;
    expect(stackOf(yaml, { Days: '9' }).parameters.Days).toBe(9);
    expect(() => stackOf(yaml, { Days: '0' })).toThrow(/:2: parameter Days: "0" is not within 1 to 9/);
    expect(() => stackOf(yaml, { Days: '10' })).toThrow(/parameter Days/);
    expect(() => stackOf(yaml, { Days: 'ten' })).toThrow(/parameter Days/);
  });

  it('checks parameters together by the rules of the template, and says the sentence that goes with them', () => {
    const yaml = `Parameters:\n  Size: {Type: Number, Default: 0}\n  Name: {Type: String, Default: ""}\nRules:\n  Named:
    RuleCondition: !Not [!Equals [!Ref Size, 0]]\n    Assertions:\n      - Assert: !Not [!Equals [!Ref Name, ""]]
        AssertDescription: a size needs a name\n${bucket('lake')}`;
    expect(() => stackOf(yaml)).not.toThrow();
    expect(() => stackOf(yaml, { Size: '3', Name: 'x' })).not.toThrow();
    expect(() => stackOf(yaml, { Size: '3' })).toThrow(/:8: a size needs a name/);
  });
});
