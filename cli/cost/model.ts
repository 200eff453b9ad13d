import { assumptions } from './assumptions.ts';
import type { Plan } from './plan.ts';
import { prices, tiered } from './prices.ts';

/** What is sent. */
export interface Workload {
  readonly eventsPerSecond: number;
  /** Events in a request. */
  readonly batch: number;
  readonly eventBytes: number;
}

/** Dollars a month of one resource. */
export interface Line {
  readonly resource: string;
  readonly dollars: number;
  /** What it was worked out from. */
  readonly basis: string;
}

const million = 1e6;
const thousand = 1e3;
const gigabyte = 1e9;
const secondsPerMonth = assumptions.daysPerMonth * 86_400;

/** How things flow through the stages in a month of steady traffic; all zero when nothing is sent. */
export interface Flow {
  readonly events: number;
  readonly requests: number;
  readonly requestBytes: number;
  readonly transformations: number;
  readonly objects: number;
  readonly loads: number;
  /** Of the month, from 0 to 1, that the warehouse is awake for loads. */
  readonly awake: number;
}

/** How often something leaves a buffer that is emptied after `seconds` or `bytes`, or with each arrival when those are rarer. */
const emptied = (arrivals: number, bytesPerSecond: number, { seconds, bytes }: { seconds: number; bytes: number }) =>
  arrivals === 0 ? 0 : Math.min(arrivals, secondsPerMonth / Math.min(seconds, bytes / bytesPerSecond));

export const toFlow = (plan: Plan, { eventsPerSecond, batch, eventBytes }: Workload): Flow => {
  const events = eventsPerSecond * secondsPerMonth;
  const requests = events / batch;
  const requestBytes = batch * eventBytes + assumptions.envelopeBytes;
  const bytesPerSecond = (requests * requestBytes) / secondsPerMonth;
  const transformations = emptied(requests, bytesPerSecond, {
    seconds: plan.dial.transform,
    bytes: plan.transformBytes,
  });
  const objects = emptied(transformations, bytesPerSecond, { seconds: plan.dial.delivery, bytes: plan.deliveryBytes });
  const loads = Math.min(objects, secondsPerMonth / plan.dial.load);
  return { events, requests, requestBytes, transformations, objects, loads, awake: awakeShare(loads) };
};

/** Each load that finds the warehouse asleep costs the least that is billed; loads closer than that keep it awake. */
export const awakeShare = (loads: number): number =>
  Math.min(1, (loads * Math.max(prices.redshiftLeastSeconds, assumptions.loadSeconds)) / secondsPerMonth);

/** Dollars a month of a warehouse of so many RPUs, awake for a share of the month. */
export const warehouseDollars = (rpus: number, awake: number): number =>
  rpus * awake * (secondsPerMonth / 3600) * prices.redshiftRpuHour;

/** Dollars of what Firehose takes in: each record is rounded up to 5 KB. */
export const streamDollars = (records: number, recordBytes: number): number => {
  const billed = Math.ceil(recordBytes / prices.firehoseRecordBytes) * prices.firehoseRecordBytes;
  return tiered((records * billed) / gigabyte, prices.firehoseGb);
};

export const apiDollars = (requests: number, requestBytes: number): number =>
  tiered((requests * Math.ceil(requestBytes / prices.httpApiRequestBytes)) / million, prices.httpApiMillion);

const lambdaDollars = (invocations: number, seconds: number, memoryMb: number): number =>
  (invocations / million) * prices.lambdaMillion + seconds * (memoryMb / 1024) * prices.lambdaGbSecond;

/** Dollars a month, a line for each resource, the dearest first. */
export const monthlyCost = (plan: Plan, workload: Workload): readonly Line[] => {
  const flow = toFlow(plan, workload);
  const lines = [
    ...ingest(plan, flow),
    ...lake(flow, workload),
    ...warehouse(plan, flow, workload),
    ...standing(plan, flow),
    checks(plan, flow),
  ];
  return lines.sort((a, b) => b.dollars - a.dollars);
};

export const total = (lines: readonly Line[]): number => lines.reduce((sum, { dollars }) => sum + dollars, 0);

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

const ingest = (plan: Plan, { events, requests, requestBytes, transformations, loads }: Flow): readonly Line[] => {
  const { producerMs, transformerMs, loaderSeconds } = assumptions;
  const producerSeconds = (requests * producerMs.request + events * producerMs.event) / thousand;
  const transformerSeconds = (transformations * transformerMs.invocation + events * transformerMs.event) / thousand;
  return [
    { resource: 'HTTP API', dollars: apiDollars(requests, requestBytes), basis: `${count(requests)} requests` },
    {
      resource: 'delivery stream',
      dollars: streamDollars(requests, requestBytes),
      basis: `${count(requests)} records of ${count(requestBytes)} bytes, each billed in steps of 5 KB`,
    },
    {
      resource: 'functions',
      dollars:
        lambdaDollars(requests, producerSeconds, plan.memoryMb.producer) +
        lambdaDollars(transformations, transformerSeconds, plan.memoryMb.transformer) +
        lambdaDollars(loads, loads * loaderSeconds, plan.memoryMb.loader),
      basis: `${count(requests + transformations + loads)} invocations`,
    },
  ];
};

const lake = ({ events, objects, loads }: Flow, { eventBytes }: Workload): readonly Line[] => {
  const gigabytes = (events * eventBytes * assumptions.landedShare) / gigabyte;
  const polls = assumptions.pollers * (secondsPerMonth / assumptions.pollSeconds);
  // COPY reads each object and the manifest once; S3 sends the queue a message, the loader takes and deletes it.
  const requests =
    ((objects + loads) / thousand) * prices.s3ThousandPuts + ((objects + loads) / thousand) * prices.s3ThousandGets;
  return [
    {
      resource: 'lake',
      dollars: requests + gigabytes * prices.s3GbMonth,
      basis: `${count(objects)} objects, ${gigabytes.toFixed(1)} GB more each month`,
    },
    {
      resource: 'queue',
      dollars: ((polls + 3 * objects) / million) * prices.sqsMillion,
      basis: `${count(polls)} long polls, whatever is sent`,
    },
  ];
};

const warehouse = (plan: Plan, { events, loads, awake }: Flow, { eventBytes }: Workload): readonly Line[] => {
  if (plan.baseCapacity === 0) return [];
  const gigabytes = (events * eventBytes * assumptions.warehouseShare) / gigabyte;
  return [
    {
      resource: 'warehouse',
      dollars: warehouseDollars(plan.baseCapacity, awake) + gigabytes * prices.redshiftGbMonth,
      basis: `${count(loads)} loads keep ${plan.baseCapacity} RPUs awake ${(awake * 100).toFixed(0)} % of the time`,
    },
  ];
};

/** The reconciler: a listing a minute, and more where something landed or every fifth time. */
const checks = (plan: Plan, { objects }: Flow): Line => {
  const { checksPerMonth, fullChecks, checkMs } = assumptions;
  const full = Math.min(checksPerMonth, checksPerMonth * fullChecks + objects);
  const seconds = (checksPerMonth * checkMs) / thousand;
  return {
    resource: 'checks',
    dollars:
      lambdaDollars(checksPerMonth, seconds, plan.memoryMb.reconciler) +
      ((checksPerMonth + full) / thousand) * prices.s3ThousandPuts +
      (full / thousand) * prices.metricDataThousand,
    basis: `${count(checksPerMonth)} listings of the lake, ${count(full)} questions to CloudWatch`,
  };
};

const standing = (plan: Plan, { requests, transformations, loads }: Flow): readonly Line[] => {
  const invocations = requests + transformations + loads;
  const logs = (invocations * assumptions.logBytesPerInvocation) / gigabyte;
  const kept = Math.min(1, plan.logDays / assumptions.daysPerMonth);
  return [
    { resource: 'alarms', dollars: plan.alarms * prices.alarmMonth, basis: `${plan.alarms} metrics that alarms watch` },
    {
      resource: 'dashboards',
      dollars: plan.dashboards * prices.dashboardMonth,
      basis: `${plan.dashboards}; free while an account has three at most`,
    },
    {
      resource: 'metrics',
      dollars: invocations === 0 ? 0 : plan.metrics * prices.customMetricMonth,
      basis: `${plan.metrics} metrics of our own, in the hours in which they count`,
    },
    {
      resource: 'logs',
      dollars: logs * (prices.logsGb + kept * prices.logsGbMonth),
      basis: `${logs.toFixed(1)} GB`,
    },
    { resource: 'secrets', dollars: plan.secrets * prices.secretMonth, basis: `${plan.secrets} secrets` },
  ];
};
