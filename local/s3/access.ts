import type { IncomingMessage } from 'node:http';
import { AwsError } from '../aws-error.ts';
import type { Caller, Gate } from '../iam/gate.ts';
import { headerOf, type RequestHead } from '../iam/signature.ts';
import { noPermission } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { needsOf, toArn } from './needs.ts';
import { copySource } from './wire-objects.ts';

/** A presigned address covers no body; any other signature says in a header what it covers of it. */
export const identify = (gate: Gate, { method = 'GET', url = '/', rawHeaders }: IncomingMessage): Caller => {
  const head: RequestHead = { method, url, headers: rawHeaders };
  return gate.identify(head, () => headerOf(rawHeaders, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD');
};

/** Throws `AccessDenied` when the caller may not do everything that the operation needs. */
export const checkAccess = (operation: string, exchange: Exchange): void => {
  const { gate, caller } = exchange;
  const needs = needsOf(operation, exchange);
  if (needs === undefined && caller.principal.kind !== 'administrator')
    throw noPermission(caller.principal.name, operation);
  for (const access of needs ?? []) gate.check(caller.principal, access);
};

/** Who may not list a bucket is not told either that a key is missing in it ("GetObject", S3 API reference). */
export const hideMissing = (exchange: Exchange, error: unknown): unknown => {
  if (!(error instanceof AwsError) || error.code !== 'NoSuchKey') return error;
  const { bucket } = exchange.request.headers['x-amz-copy-source'] === undefined ? exchange : copySource(exchange);
  try {
    exchange.gate.check(exchange.caller.principal, { action: 's3:ListBucket', resource: toArn(bucket, '') });
    return error;
  } catch (denied) {
    return denied;
  }
};
