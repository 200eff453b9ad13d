import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecretsService } from '#local/secrets/wire.ts';
import { describeWire } from '../models/suite.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

let standIns: StandIns;
let client: SecretsManagerClient;
beforeAll(async () => {
  standIns = await startStandIns();
  client = new SecretsManagerClient(standIns.client);
});
afterAll(async () => {
  client.destroy();
  await standIns.stop();
});

describe('Secrets Manager through its SDK', () => {
  it('creates, reads, changes, describes and lists', async () => {
    const created = await client.send(
      new CreateSecretCommand({ Name: 'keys', Description: 'd', SecretString: '{"a":1}' }),
    );
    const read = await client.send(new GetSecretValueCommand({ SecretId: created.ARN }));
    expect(read).toMatchObject({
      ARN: created.ARN,
      Name: 'keys',
      VersionId: created.VersionId,
      SecretString: '{"a":1}',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: expect.any(Date),
    });
    const put = await client.send(new PutSecretValueCommand({ SecretId: 'keys', SecretBinary: Buffer.from([0, 255]) }));
    const current = await client.send(new GetSecretValueCommand({ SecretId: 'keys', VersionStage: 'AWSCURRENT' }));
    expect(current.SecretString).toBeUndefined();
    expect(Buffer.from(current.SecretBinary ?? [])).toEqual(Buffer.from([0, 255]));
    const former = await client.send(new GetSecretValueCommand({ SecretId: 'keys', VersionId: created.VersionId }));
    expect(former).toMatchObject({ SecretString: '{"a":1}', VersionStages: ['AWSPREVIOUS'] });
    const described = await client.send(new DescribeSecretCommand({ SecretId: 'keys' }));
    expect(described).toMatchObject({
      Name: 'keys',
      Description: 'd',
      VersionIdsToStages: { [put.VersionId ?? '']: ['AWSCURRENT'], [created.VersionId ?? '']: ['AWSPREVIOUS'] },
    });
    const { SecretList } = await client.send(new ListSecretsCommand({}));
    expect(SecretList).toMatchObject([{ Name: 'keys', ARN: created.ARN }]);
  });

  it('answers for a secret that is not there as AWS does', async () => {
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'nope' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
      $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
    });
  });
});

describeWire('secretsmanager', () => Object.keys(createSecretsService(standIns.secrets).operations));
