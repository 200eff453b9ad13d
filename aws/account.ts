import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createStacks, type Stacks } from './cloudformation.ts';
import { type DeliveryStreamState, readDeliveryStream } from './delivery-stream.ts';
import { createWarehouse, type Warehouse, type WarehouseSettings } from './redshift.ts';
import { createSecretReader } from './secrets.ts';
import { type QueueDepth, readQueueDepth } from './sqs.ts';

/** What a person at the command line reads of deployed stacks; each call throws `Fault`. */
export interface Account {
  readonly stacks: Stacks;
  readDeliveryStream(name: string): Promise<DeliveryStreamState>;
  readQueueDepth(url: string): Promise<QueueDepth>;
  readSecret(arn: string): Promise<string>;
  warehouse(settings: WarehouseSettings): Warehouse;
}

/** Credentials, and the region where none is given, are found as every AWS tool finds them: environment, then profile. */
export const createAccount = (region: string | undefined): Account => {
  const place = region === undefined ? {} : { region };
  const firehose = new FirehoseClient(place);
  const sqs = new SQSClient(place);
  const secrets = new SecretsManagerClient(place);
  return {
    stacks: createStacks(new CloudFormationClient(place)),
    readDeliveryStream: (name) => readDeliveryStream(name, firehose),
    readQueueDepth: (url) => readQueueDepth(url, sqs),
    readSecret: (arn) => createSecretReader(arn, secrets)(),
    warehouse: (settings) => createWarehouse(settings, new RedshiftDataClient(place)),
  };
};
