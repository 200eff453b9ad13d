import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

const nothing = (): void => undefined;
export const quietLog = { addContext: nothing, info: nothing, warn: nothing, error: nothing };
export const quietMeter = { addMetric: nothing, setTimestamp: nothing, publishStoredMetrics: nothing };

/** A meter that keeps what a handler emits, by name. */
export const createTally = () => {
  const tally: Record<string, number[]> = {};
  const addMetric = (name: string, _unit: string, value: number): void => {
    tally[name] = [...(tally[name] ?? []), value];
  };
  return { tally, meter: { addMetric, setTimestamp: nothing, publishStoredMetrics: nothing } };
};

export const context = (remainingMs = 10_000): Context => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
  memoryLimitInMB: '256',
  awsRequestId: '00000000-0000-0000-0000-000000000000',
  logGroupName: 'test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => remainingMs,
  done: nothing,
  fail: nothing,
  succeed: nothing,
});

export const httpRequest = (body: string | Buffer, headers: Record<string, string>): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey: 'POST /v1/events',
  rawPath: '/v1/events',
  rawQueryString: '',
  headers,
  requestContext: {
    accountId: '000000000000',
    apiId: 'api',
    domainName: 'localhost',
    domainPrefix: 'localhost',
    http: { method: 'POST', path: '/v1/events', protocol: 'HTTP/1.1', sourceIp: '203.0.113.9', userAgent: 'test' },
    requestId: 'r',
    routeKey: 'POST /v1/events',
    stage: '$default',
    time: '22/Nov/2026:10:00:00 +0000',
    timeEpoch: 1,
  },
  body: typeof body === 'string' ? body : body.toString('base64'),
  isBase64Encoded: typeof body !== 'string',
});
