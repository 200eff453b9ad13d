import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import type { Log } from '#aws/telemetry.ts';
import type { Answer } from './answer.ts';
import type { CustomResource, Work } from './custom-resource.ts';

export interface Deps {
  /** Makes the custom resources, by type. Called within an invocation, so that a wrong configuration is answered too. */
  readonly connect: () => Readonly<Record<string, CustomResource>>;
  readonly sendAnswer: (url: string, answer: Answer) => Promise<void>;
  /** Calls back when the process is about to end by an error that nobody caught; returns how to stop watching. */
  readonly watchForCrash: (onCrash: (error: unknown) => void) => () => void;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly logger: Log;
}

/** Time kept back to answer CloudFormation, which otherwise waits for the whole ServiceTimeout. */
const answerMs = 10_000;

/** Custom resources of the warehouse. CloudFormation is always answered: done, failed, out of time or crashed. */
export const createHandler = (deps: Deps) => {
  return async (event: CloudFormationCustomResourceEvent, context: Context): Promise<void> => {
    deps.logger.addContext(context);
    const ids = { StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId };
    const ending = watchEnd(deps, context);
    const outcome = await settle(Promise.race([run(deps, event, ending.work), ending.tooSoon]));
    ending.stop();
    if (outcome.ok) {
      await deps.sendAnswer(event.ResponseURL, { Status: 'SUCCESS', PhysicalResourceId: outcome.value, ...ids });
      return;
    }
    const { reason: Reason } = outcome;
    deps.logger.error('the custom resource failed', { type: event.ResourceType, error: Reason });
    const PhysicalResourceId = 'PhysicalResourceId' in event ? event.PhysicalResourceId : neverMade;
    await deps.sendAnswer(event.ResponseURL, { Status: 'FAILED', Reason, PhysicalResourceId, ...ids });
  };
};

type Outcome = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: string };

const settle = async (work: Promise<string>): Promise<Outcome> => {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
};

/** Id of what could not be created: CloudFormation asks to delete it, and no resource has such an id. */
const neverMade = 'never-made';

const run = async (deps: Deps, event: CloudFormationCustomResourceEvent, work: Work): Promise<string> => {
  const resource = deps.connect()[event.ResourceType];
  if (resource === undefined) throw new Error(`${event.ResourceType} is no resource of this function`);
  const { ServiceToken: _, ...properties } = event.ResourceProperties;
  if (event.RequestType === 'Create') return resource.create(properties, work);
  if (event.RequestType === 'Update') return resource.update(event.PhysicalResourceId, properties, work);
  await resource.remove(event.PhysicalResourceId, properties, work);
  return event.PhysicalResourceId;
};

/** The two ways in which an invocation ends before its work does: its time runs out, or something nobody caught. */
const watchEnd = ({ watchForCrash, clock }: Deps, context: Context) => {
  let doing = 'nothing yet';
  const milliseconds = Math.max(0, context.getRemainingTimeInMillis() - answerMs);
  const work: Work = { deadline: clock() + milliseconds, doing: (what) => (doing = what) };
  let stop = (): void => undefined;
  const tooSoon = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`out of time at: ${doing}`)), milliseconds);
    const unwatch = watchForCrash((error) => reject(new Error(`crashed at: ${doing}: ${String(error)}`)));
    stop = () => {
      clearTimeout(timer);
      unwatch();
    };
  });
  tooSoon.catch(() => undefined);
  return { work, tooSoon, stop: () => stop() };
};
