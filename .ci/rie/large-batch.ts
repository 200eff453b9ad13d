/** Largest answer of a synchronous invocation (Lambda quotas, "invocation payload"). */
export const lambdaBytes = 6_291_556;

/** A Firehose batch of many small records that each become several times as many bytes: their rows are more than Lambda takes. */
export const largeBatch = (): string => {
  const event = '{"event_name":"page_viewed","anonymous_id":"v"}';
  const data = Buffer.from(`[${Array.from({ length: 40 }, () => event).join(',')}]`).toString('base64');
  return JSON.stringify({
    invocationId: '5f1a9a5e-8f4d-4c8f-9a55-3d1b7c2e9f10',
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/millrace-local',
    region: 'us-east-1',
    records: Array.from({ length: 700 }, (_, at) => ({
      recordId: String(at).padStart(56, '0'),
      approximateArrivalTimestamp: 1795341601000,
      data,
    })),
  });
};
