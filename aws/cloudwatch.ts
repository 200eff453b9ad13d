import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ask } from './ask.ts';
import { Fault } from './fault.ts';

/** One metric that functions emit: the name stands within a namespace, `service` is the function. */
export interface MetricName {
  readonly namespace: string;
  readonly service: string;
  readonly metric: string;
}

export interface Metrics {
  /**
   * Sums per minute from `from` up to `to` (epoch ms, whole minutes), by the minute's start; minutes without values are left out.
   * CloudWatch keeps minutes for 15 days. Throws `Fault`.
   */
  sumPerMinute(name: MetricName, from: number, to: number): Promise<ReadonlyMap<number, number>>;
}

export const createMetrics = (client: CloudWatchClient = new CloudWatchClient({})): Metrics => ({
  sumPerMinute: ({ namespace, service, metric }, from, to) =>
    ask('GetMetricData', async () => {
      const sums = new Map<number, number>();
      if (from >= to) return sums;
      let next: string | undefined;
      do {
        const page = await client.send(
          new GetMetricDataCommand({
            StartTime: new Date(from),
            EndTime: new Date(to),
            MetricDataQueries: [
              {
                Id: 'sums',
                MetricStat: {
                  Metric: {
                    Namespace: namespace,
                    MetricName: metric,
                    Dimensions: [{ Name: 'service', Value: service }],
                  },
                  Period: 60,
                  Stat: 'Sum',
                },
              },
            ],
            ...(next !== undefined && { NextToken: next }),
          }),
        );
        next = page.NextToken;
        for (const { Timestamps: times = [], Values: values = [], StatusCode: status } of page.MetricDataResults ??
          []) {
          // Partial data go on at the next page; without one they are no data to judge by.
          if (status !== undefined && status !== 'Complete' && !(status === 'PartialData' && next !== undefined))
            throw new Fault(status, `GetMetricData: the sums of ${metric} are not whole`, true);
          times.forEach((time, at) => {
            sums.set(time.getTime(), (sums.get(time.getTime()) ?? 0) + (values[at] ?? 0));
          });
        }
      } while (next !== undefined);
      return sums;
    }),
});
