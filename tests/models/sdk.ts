import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as firehose from '@aws-sdk/client-firehose';
import * as iam from '@aws-sdk/client-iam';
import * as redshiftData from '@aws-sdk/client-redshift-data';
import * as redshiftServerless from '@aws-sdk/client-redshift-serverless';
import * as s3 from '@aws-sdk/client-s3';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sqs from '@aws-sdk/client-sqs';
import * as sts from '@aws-sdk/client-sts';
import type { ServiceName } from './model.ts';
import { isMembers } from './value.ts';

const clients: Readonly<Record<ServiceName, object>> = {
  cloudformation,
  cloudwatch,
  firehose,
  iam,
  'redshift-data': redshiftData,
  'redshift-serverless': redshiftServerless,
  s3,
  secretsmanager,
  sqs,
  sts,
};

/**
 * Smithy traits of a shape, from the schemas inside AWS's SDK: they say what botocore's models leave out. `xmlName` is the root element
 * of an answer, `httpError` an error's status, `awsQueryError` its name and status in SQS's older query protocol.
 */
export const traitsOf = (service: ServiceName, shape: string): Readonly<Record<string, unknown>> => {
  const schema: unknown = Reflect.get(clients[service], `${shape}$`);
  const traits: unknown = Array.isArray(schema) ? schema[3] : undefined;
  return isMembers(traits) ? traits : {};
};
