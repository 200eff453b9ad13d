import { Fault } from '#aws/fault.ts';
import type { StageStatus } from '#core/status.ts';
import { messageOf } from '../errors.ts';
import { createHttpClient } from '../http.ts';
import { toFailure } from '../stack/failure.ts';
import type { OpenStack, StackNames } from '../stack/open.ts';
import { describeWarehouse, type LoadFacts, problemsOf, readLoadFacts, warehouseOf } from './load-facts.ts';

/** A stage as AWS lets it be seen from outside: nothing there tells how long its oldest item has waited. */
export type StackStage = Omit<StageStatus, 'lagSeconds' | 'lastError'> & {
  readonly lastError?: { readonly at?: string; readonly message: string };
};

/** A deployed stack's state; with --json printed as it is. */
export interface StackPicture {
  readonly status: 'ok' | 'degraded';
  readonly stack: string;
  readonly region: string;
  readonly freshness: string;
  readonly now: string;
  readonly stages: readonly StackStage[];
  /** What is wrong, a sentence each with what to do. */
  readonly problems: readonly string[];
  /** Null where the warehouse was not asked or did not answer. */
  readonly loads: LoadFacts | null;
  readonly resources: Omit<StackNames, 'writeKeySecretArn' | 'warehouseSecretArn'>;
}

interface Part {
  readonly stage: StackStage;
  readonly problems: readonly string[];
}

/** Asks each stage of the stack once. The warehouse is asked only with `asksWarehouse`: asking wakes it. */
export const readPicture = async (
  stack: OpenStack,
  { asksWarehouse }: { readonly asksWarehouse: boolean },
): Promise<StackPicture> => {
  const { names } = stack;
  const warehouse = describeWarehouse(names);
  const [producer, stream, queue, loads] = await Promise.all([
    readCollector(names.collector),
    readStream(stack),
    readQueue(stack),
    asksWarehouse ? readLoads(stack) : undefined,
  ]);
  const parts: readonly Part[] = [producer, stream, queue, toWarehouse(warehouse, loads, ` --stack ${stack.name}`)];
  const problems = [
    ...(stack.advice === undefined ? [] : [`the stack: ${stack.advice}`]),
    ...parts.flatMap((part) => part.problems),
  ];
  const { writeKeySecretArn: _key, warehouseSecretArn: _admin, ...resources } = names;
  return {
    status: problems.length === 0 ? 'ok' : 'degraded',
    stack: stack.name,
    region: stack.region,
    freshness: stack.parameters.Freshness ?? '',
    now: new Date().toISOString(),
    stages: parts.map(({ stage }) => stage),
    problems,
    loads: loads !== undefined && 'facts' in loads ? loads.facts : null,
    resources,
  };
};

/** What was asked of AWS could not be told: that is this stage's problem, and the others are shown all the same. */
const unread = (name: string, resource: string, error: unknown): Part => {
  if (!(error instanceof Fault)) throw error;
  const message = messageOf(toFailure(error));
  return {
    stage: { name, resource, queued: 0, counts: {}, lastError: { message } },
    problems: [`${name}: ${message}`],
  };
};

/** Without a key the producer answers 401, and only a producer that works does. */
const readCollector = async (url: string): Promise<Part> => {
  const client = createHttpClient(1);
  try {
    const headers = { 'content-type': 'application/json' };
    const { status } = await client.send(url, { method: 'POST', headers, body: '{}', timeoutMs: 30_000 });
    return toCollector(url, status === 401 ? undefined : `it answers ${status} where 401 is right`);
  } catch (error) {
    return toCollector(url, `it does not answer: ${messageOf(error)}`);
  } finally {
    client.close();
  }
};

const toCollector = (resource: string, fault: string | undefined): Part => ({
  stage: {
    name: 'producer',
    resource,
    queued: 0,
    counts: {},
    ...(fault !== undefined && { lastError: { message: fault } }),
  },
  problems: fault === undefined ? [] : [`collector: ${fault}: see the producer's log group`],
});

const readStream = async ({ account, names: { stream } }: OpenStack): Promise<Part> => {
  try {
    const { status, failure } = await account.readDeliveryStream(stream);
    const fault = status === 'ACTIVE' ? failure : `it is ${status}${failure === undefined ? '' : `: ${failure}`}`;
    return {
      stage: {
        name: 'stream',
        resource: stream,
        queued: 0,
        counts: {},
        ...(fault !== undefined && { lastError: { message: fault } }),
      },
      problems: fault === undefined ? [] : [`stream: ${fault}`],
    };
  } catch (error) {
    return unread('stream', stream, error);
  }
};

const readQueue = async ({ account, name, names }: OpenStack): Promise<Part> => {
  const resource = nameOfQueue(names.queueUrl);
  try {
    const [landed, dead] = await Promise.all([
      account.readQueueDepth(names.queueUrl),
      account.readQueueDepth(names.deadLetterQueueUrl),
    ]);
    const deadLetters = dead.waiting + dead.inFlight + dead.delayed;
    return {
      stage: {
        name: 'queue',
        resource,
        queued: landed.waiting + landed.inFlight + landed.delayed,
        counts: { waiting: landed.waiting, in_flight: landed.inFlight, dead_letters: deadLetters },
      },
      problems:
        deadLetters === 0
          ? []
          : [
              `queue: ${deadLetters} objects could not be loaded: millrace dlq --stack ${name} says why; put right, they are loaded by millrace dlq redrive`,
            ],
    };
  } catch (error) {
    return unread('queue', resource, error);
  }
};

type Loads = { readonly facts: LoadFacts } | { readonly error: unknown };

const readLoads = async (stack: OpenStack): Promise<Loads> => {
  try {
    return { facts: await readLoadFacts(warehouseOf(stack)) };
  } catch (error) {
    return { error };
  }
};

const toWarehouse = (resource: string, loads: Loads | undefined, flags: string): Part => {
  if (loads === undefined) return { stage: { name: 'warehouse', resource, queued: 0, counts: {} }, problems: [] };
  if ('error' in loads) return unread('warehouse', resource, loads.error);
  const { events, rejected, duplicates, loads: count, missingEnvelopes, lastError } = loads.facts;
  return {
    stage: {
      name: 'warehouse',
      resource,
      queued: 0,
      counts: { events, rejected, duplicates, loads: count, missing_envelopes: missingEnvelopes },
      ...(lastError !== null && { lastError }),
    },
    problems: problemsOf(loads.facts, flags),
  };
};

const nameOfQueue = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
