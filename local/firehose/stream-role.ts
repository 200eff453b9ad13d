import { AwsError } from '../aws-error.ts';
import type { Iam } from '../iam/iam.ts';
import type { RoleSession } from '../iam/principal.ts';
import type { Invoke } from '../invoke.ts';
import { account, region } from '../template/resource-names.ts';
import type { DeliveryStreamSettings, PutObject } from './delivery-stream.ts';
import { invalidArgument } from './errors.ts';
import { STREAM_VERSION } from './object-key.ts';
import type { Stream } from './settings.ts';

export interface StreamRoleSettings {
  readonly iam: Iam;
  readonly invoke: Invoke;
  readonly putObject: PutObject;
  /** Writes a line into a log group. */
  readonly log: (group: string, line: string) => void;
}

/**
 * What a stream does, done with its roles ("Controlling access with Amazon Data Firehose", Firehose developer guide). Throws
 * InvalidArgumentException when Firehose cannot take one of them.
 */
export const toStreamRole =
  ({ iam, invoke, putObject, log }: StreamRoleSettings) =>
  (stream: Stream): Pick<DeliveryStreamSettings, 'invoke' | 'putObject' | 'onFailure'> => {
    const take = (roleArn: string): RoleSession =>
      iam.assume(roleArn, {
        services: ['firehose.amazonaws.com'],
        sessionName: 'AWSFirehoseToS3',
        context: { 'aws:SourceAccount': account, 'aws:SourceArn': stream.arn, 'sts:ExternalId': account },
      });
    const processorRole = stream.processor?.roleArn ?? stream.roleArn;
    for (const role of new Set([stream.roleArn, processorRole])) {
      try {
        take(role);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        throw invalidArgument(
          `Firehose is unable to assume role ${role}. Please check the role provided. (${error.message})`,
        );
      }
    }

    return {
      invoke: async (functionArn, event) => {
        const session = take(processorRole);
        iam.check(session, { action: 'lambda:GetFunctionConfiguration', resource: functionArn });
        iam.check(session, { action: 'lambda:InvokeFunction', resource: functionArn });
        return invoke(functionArn, event);
      },
      putObject: async (object) => {
        const session = take(stream.roleArn);
        const bucket = `arn:aws:s3:::${object.bucket}`;
        iam.check(session, { action: 's3:GetBucketLocation', resource: bucket });
        iam.check(session, { action: 's3:ListBucket', resource: bucket });
        iam.check(session, { action: 's3:PutObject', resource: `${bucket}/${object.key}` });
        return putObject(object);
      },
      onFailure: (error, at) => {
        const { logging } = stream;
        if (logging === undefined) return;
        const resource = `arn:aws:logs:${region}:${account}:log-group:${logging.group}:log-stream:${logging.stream}`;
        try {
          iam.check(take(stream.roleArn), { action: 'logs:PutLogEvents', resource });
        } catch (denied) {
          if (denied instanceof AwsError) return; // the line is lost, as it is in AWS
          throw denied;
        }
        log(logging.group, JSON.stringify(toEntry(stream, error, at)));
      },
    };
  };

/** One line of a stream's error log ("Monitor Amazon Data Firehose using CloudWatch Logs"). */
const toEntry = (stream: Stream, error: unknown, at: 'function' | 'bucket'): Readonly<Record<string, unknown>> => ({
  deliveryStreamARN: stream.arn,
  destination: `arn:aws:s3:::${stream.bucket}`,
  deliveryStreamVersionId: STREAM_VERSION,
  ...toError(error, at),
  ...(at === 'function' && { processor: stream.processor?.lambdaArn }),
});

const toError = (
  error: unknown,
  at: 'function' | 'bucket',
): { readonly errorCode: string; readonly message: string } => {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof AwsError ? error.code : undefined;
  if (at === 'function') {
    if (code === 'AccessDeniedException') return { errorCode: 'Lambda.InvokeAccessDenied', message };
    return { errorCode: code === undefined ? 'Lambda.FunctionError' : `Lambda.${code}`, message };
  }
  if (code === 'AccessDeniedException') return { errorCode: 'S3.AccessDenied', message };
  return { errorCode: code === undefined ? 'S3.InternalError' : `S3.${code}`, message };
};
