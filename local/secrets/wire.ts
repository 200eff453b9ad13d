import { AwsError } from '../aws-error.ts';
import { checkLimits } from '../aws-limits.ts';
import { createInput, type Input, type Refuse } from '../aws-wire.ts';
import type { JsonService, Needs, Operation } from '../operations.ts';
import { account, region } from '../template/resource-names.ts';
import { secretsLimits } from './limits.ts';
import type { Secret, Secrets, SecretValue } from './secrets.ts';

const refuse: Refuse = (kind, name, detail) =>
  kind === 'missing'
    ? new AwsError('InvalidParameterException', `You must provide a value for the ${name} parameter.`)
    : new AwsError('InvalidParameterException', detail);

/** Secrets Manager's AWS JSON 1.1 protocol over the behaviour. */
export const createSecretsService = (secrets: Secrets): JsonService => {
  const withInput =
    (operation: (input: Input) => unknown): Operation =>
    (members) => {
      checkLimits(members, secretsLimits, refuse);
      return operation(createInput(members, refuse));
    };

  const nameless = `arn:aws:secretsmanager:${region}:${account}:secret:`;
  const onSecret =
    (action: string): Needs =>
    ({ SecretId: id }) => {
      const known = secrets.all().find(({ name, arn }) => name === id || arn === id);
      const given = String(id).startsWith('arn:') ? String(id) : `${nameless}${id}`;
      return [{ action: `secretsmanager:${action}`, resource: known?.arn ?? given }];
    };

  return {
    target: 'secretsmanager',
    protocol: '1.1',
    messageMember: 'Message',
    operations: {
      GetSecretValue: withInput((input) => {
        const { name, arn } = secrets.find(input.text('SecretId'));
        const versionId = input.optionalText('VersionId');
        const { value, ...version } = secrets.value(arn, { versionId, stage: input.optionalText('VersionStage') });
        return {
          ARN: arn,
          Name: name,
          VersionId: version.versionId,
          VersionStages: version.stages,
          CreatedDate: version.createdAt / 1_000,
          SecretString: value.text,
          SecretBinary: value.bytes?.toString('base64'),
        };
      }),
      DescribeSecret: withInput((input) => {
        const secret = secrets.find(input.text('SecretId'));
        const stages = secrets.versions(secret.arn).filter((version) => version.stages.length > 0);
        return {
          ...toEntry(secret),
          VersionIdsToStages: Object.fromEntries(stages.map((version) => [version.versionId, version.stages])),
        };
      }),
      ListSecrets: withInput(() => ({ SecretList: secrets.all().map(toEntry) })),
      CreateSecret: withInput((input) => {
        const { secret, versionId } = secrets.create({
          name: input.text('Name'),
          description: input.optionalText('Description'),
          value: toValue(input),
          token: input.optionalText('ClientRequestToken'),
        });
        return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
      }),
      PutSecretValue: withInput((input) => {
        const value = toValue(input);
        if (value === undefined) {
          throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
        }
        const { name, arn } = secrets.find(input.text('SecretId'));
        const version = secrets.put(arn, value, input.optionalText('ClientRequestToken'));
        return { ARN: arn, Name: name, VersionId: version.versionId, VersionStages: version.stages };
      }),
    },
    needs: {
      GetSecretValue: onSecret('GetSecretValue'),
      DescribeSecret: onSecret('DescribeSecret'),
      PutSecretValue: onSecret('PutSecretValue'),
      CreateSecret: ({ Name: name }) => [{ action: 'secretsmanager:CreateSecret', resource: `${nameless}${name}` }],
      ListSecrets: () => [{ action: 'secretsmanager:ListSecrets', resource: '*' }],
    },
  };
};

const toValue = (input: Input): SecretValue | undefined => {
  const text = input.optionalText('SecretString');
  const bytes = input.optionalText('SecretBinary');
  if (text !== undefined && bytes !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (text !== undefined) return { text };
  return bytes === undefined ? undefined : { bytes: Buffer.from(bytes, 'base64') };
};

const toEntry = ({ name, arn, description, createdAt, changedAt }: Secret): Readonly<Record<string, unknown>> => ({
  ARN: arn,
  Name: name,
  Description: description,
  CreatedDate: createdAt / 1_000,
  LastChangedDate: changedAt / 1_000,
});
