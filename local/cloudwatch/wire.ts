import type { Clock } from '../clock.ts';
import type { QueryCompatible } from '../json-protocol.ts';
import type { JsonService, Needs } from '../operations.ts';
import { queryErrors } from './errors.ts';
import { getMetricData } from './get-metric-data.ts';
import { listMetrics } from './list-metrics.ts';
import type { Metrics } from './metrics.ts';
import { readMetricData } from './put-metric-data.ts';

/** CloudWatch's AWS JSON 1.0 protocol, the part of it that concerns metrics and not alarms. */
export const createCloudWatchService = (metrics: Metrics, clock: Clock): JsonService & QueryCompatible => ({
  target: 'GraniteServiceVersion20100801',
  protocol: '1.0',
  messageMember: 'message',
  queryErrors,
  operations: {
    GetMetricData: (members) => getMetricData(metrics, members),
    ListMetrics: (members) => listMetrics(metrics, members, clock.now()),
    PutMetricData: (members) => {
      metrics.publish(readMetricData(members, clock.now()));
      return undefined;
    },
  },
  // None of these actions can be given for one metric ("Actions … for Amazon CloudWatch").
  needs: {
    GetMetricData: everywhere('GetMetricData'),
    ListMetrics: everywhere('ListMetrics'),
    PutMetricData: ({ Namespace: namespace }) => [
      {
        action: 'cloudwatch:PutMetricData',
        resource: '*',
        context: typeof namespace === 'string' ? { 'cloudwatch:namespace': namespace } : {},
      },
    ],
  },
});

const everywhere =
  (action: string): Needs =>
  () => [{ action: `cloudwatch:${action}`, resource: '*' }];
