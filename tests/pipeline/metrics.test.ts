import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootInside, type InsideLaptop } from './inside.ts';
import { eventually, stopLaptops } from './laptop.ts';

let laptop: InsideLaptop;
beforeAll(async () => {
  laptop = await bootInside();
});
afterAll(async () => {
  await laptop?.stop();
  stopLaptops();
});

/** Events that the producer has counted as accepted, of the whole hours around now. */
const accepted = async (client: CloudWatchClient): Promise<number> => {
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const Metric = {
    Namespace: `Millrace/${laptop.cloud.inside.stack.name}`,
    MetricName: 'EventsAccepted',
    Dimensions: [{ Name: 'service', Value: 'producer' }],
  };
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(hour - 3_600_000),
      EndTime: new Date(hour + 3_600_000),
      MetricDataQueries: [{ Id: 'accepted', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
    }),
  );
  return (MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
};

describe('what functions print in embedded metric format', () => {
  it('is answered by CloudWatch: every event that the producer accepted', async () => {
    const post = async (count: number): Promise<number> => {
      const events = Array.from({ length: count }, (_, n) => ({ event_name: 'a', n }));
      const headers = { 'x-write-key': 'local-write-key', 'content-type': 'application/json' };
      const answer = await fetch(`${laptop.url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(events) });
      return answer.status;
    };
    expect(await Promise.all([1, 20, 300].map(post))).toEqual([202, 202, 202]);
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new CloudWatchClient({ region: 'us-east-1', endpoint: laptop.awsUrl, credentials });
    // A line reaches CloudWatch after the answer that it tells of.
    expect(
      await eventually(
        () => accepted(client),
        (sum) => sum >= 321,
      ),
    ).toBe(321);
    client.destroy();
  });
});
