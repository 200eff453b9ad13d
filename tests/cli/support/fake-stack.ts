import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type Field,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';

/** Text, whole number or NULL. */
type Cell = string | number | null;

/** What AWS answers about one stack; changed by tests, also between two questions. */
export interface FakeStack {
  status: string;
  outputs: Record<string, string>;
  parameters: Record<string, string>;
  /** Messages of the queue and of the dead-letter queue: waiting, then in flight. */
  landed: readonly [number, number];
  dead: readonly [number, number];
  streamStatus: string;
  /** Rows by a part of the statement that asks for them. */
  rows: Record<string, readonly (readonly Cell[])[]>;
  /** Statements that the warehouse was given. */
  readonly asked: string[];
  /** Called after each of them, with it. */
  afterAsked: (sql: string) => void;
  /** Thrown in place of the answer of the call of this name. */
  fails: Record<string, Error>;
}

/** Envelopes under way, events and envelopes that are lost, records under failed/. */
export const freshRows = (missing = 0, [events, envelopes, failed] = [0, 0, 0]): FakeStack['rows'] => ({
  report_freshness: [
    [
      ...['2026-10-23 09:59:30.5', '2026-10-23 09:59:40', 12, 14, 1000, 3, 2],
      ...['2026-10-23 09:58:00', '2026-10-23 10:00:00', missing > 0 ? 1 : 0, missing, envelopes, events, failed],
    ],
  ],
  load_errors: [],
});

const toField = (cell: Cell): Field => {
  if (cell === null) return { isNull: true };
  return typeof cell === 'number' ? { longValue: cell } : { stringValue: cell };
};

/** AWS as one deployed stack knows it, inside this process: every SDK client of the command line answers from it. */
export const createFakeStack = (collector: string) => {
  const stack: FakeStack = {
    status: 'UPDATE_COMPLETE',
    outputs: {
      CollectorUrl: collector,
      WriteKeySecretArn: 'arn:write-key',
      StreamName: 'shop',
      LakeBucketName: 'shop-lake',
      QueueUrl: 'https://sqs/1/shop-landed',
      DeadLetterQueueUrl: 'https://sqs/1/shop-dead',
      WorkgroupName: 'shop',
      Database: 'millrace',
      WarehouseSecretArn: 'arn:admin',
      DashboardUrl: 'https://dashboard',
    },
    parameters: { Freshness: 'standard', WriteKey: '****' },
    landed: [0, 0],
    dead: [0, 0],
    streamStatus: 'ACTIVE',
    rows: freshRows(),
    asked: [],
    afterAsked: () => undefined,
    fails: {},
  };
  const answer = <Answer>(call: string, make: () => Answer): Answer => {
    const failure = stack.fails[call];
    if (failure !== undefined) throw failure;
    return make();
  };
  const pairs = (of: Readonly<Record<string, string>>, key: string, value: string) =>
    Object.entries(of).map(([name, text]) => ({ [key]: name, [value]: text }));
  const depth = ([waiting, inFlight]: readonly [number, number]) => ({
    Attributes: {
      ApproximateNumberOfMessages: String(waiting),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: '0',
    },
  });

  const results: (readonly (readonly Cell[])[])[] = [];
  const mocks = [
    mockClient(CloudFormationClient)
      .on(DescribeStacksCommand)
      .callsFake(({ StackName: name }) =>
        answer('DescribeStacks', () => {
          if (name !== 'shop')
            throw Object.assign(new Error(`Stack with id ${name} does not exist`), { name: 'ValidationError' });
          return {
            Stacks: [
              {
                StackId: 'arn:stack',
                StackName: name,
                StackStatus: stack.status,
                Parameters: pairs(stack.parameters, 'ParameterKey', 'ParameterValue'),
                Outputs: pairs(stack.outputs, 'OutputKey', 'OutputValue'),
              },
            ],
          };
        }),
      ),
    mockClient(SQSClient)
      .on(GetQueueAttributesCommand)
      .callsFake(({ QueueUrl: url }) =>
        answer('GetQueueAttributes', () => depth(String(url).endsWith('dead') ? stack.dead : stack.landed)),
      ),
    mockClient(FirehoseClient)
      .on(DescribeDeliveryStreamCommand)
      .callsFake(() =>
        answer('DescribeDeliveryStream', () => ({
          DeliveryStreamDescription: {
            DeliveryStreamStatus: stack.streamStatus,
            Destinations: [
              {
                ExtendedS3DestinationDescription: {
                  BufferingHints: { IntervalInSeconds: 0 },
                  ProcessingConfiguration: {
                    Enabled: true,
                    Processors: [{ Parameters: [{ ParameterName: 'BufferIntervalInSeconds', ParameterValue: '0' }] }],
                  },
                },
              },
            ],
          },
        })),
      ),
    mockClient(SecretsManagerClient)
      .on(GetSecretValueCommand)
      .callsFake(() => answer('GetSecretValue', () => ({ SecretString: '{"write_key":"local-write-key"}' }))),
    mockClient(RedshiftDataClient)
      .on(ExecuteStatementCommand)
      .callsFake((input) =>
        answer('ExecuteStatement', () => {
          const sql = String(input.Sql);
          stack.asked.push(`${input.SecretArn} ${sql}`);
          results.push(Object.entries(stack.rows).find(([part]) => sql.includes(part))?.[1] ?? []);
          stack.afterAsked(sql);
          return { Id: String(results.length - 1), Status: 'FINISHED' };
        }),
      )
      .on(DescribeStatementCommand)
      .resolves({ Status: 'FINISHED' })
      .on(GetStatementResultCommand)
      .callsFake(({ Id: id }) => ({ Records: results[Number(id)]?.map((row) => row.map(toField)) })),
  ];
  return { stack, restore: () => mocks.forEach((mock) => void mock.restore()) };
};
