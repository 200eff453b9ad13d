import { DescribeDeliveryStreamCommand, type FirehoseClient, type Processor } from '@aws-sdk/client-firehose';
import { ask } from './ask.ts';

/** What Firehose tells of a delivery stream. */
export interface DeliveryStreamState {
  /** `ACTIVE` when it takes records. */
  readonly status: string;
  readonly failure: string | undefined;
  /** The longest that a record may wait in its two buffers, in seconds. */
  readonly bufferSeconds: number;
}

/** What Firehose waits when nothing is set (API reference, BufferingHints and Processor). */
const defaultDeliverySeconds = 300;
const defaultTransformSeconds = 60;

/** Throws `Fault`. */
export const readDeliveryStream = (name: string, client: FirehoseClient): Promise<DeliveryStreamState> =>
  ask('DescribeDeliveryStream', async () => {
    const answer = await client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: name }));
    const stream = answer.DeliveryStreamDescription;
    const destination = stream?.Destinations?.[0]?.ExtendedS3DestinationDescription;
    const processing = destination?.ProcessingConfiguration;
    const delivery = destination?.BufferingHints?.IntervalInSeconds ?? defaultDeliverySeconds;
    return {
      status: stream?.DeliveryStreamStatus ?? 'unknown',
      failure: stream?.FailureDescription?.Details,
      bufferSeconds: delivery + (processing?.Enabled === true ? transformSeconds(processing.Processors ?? []) : 0),
    };
  });

const transformSeconds = (processors: readonly Processor[]): number => {
  const parameters = processors.flatMap((each) => each.Parameters ?? []);
  const interval = parameters.find((each) => each.ParameterName === 'BufferIntervalInSeconds')?.ParameterValue;
  return interval === undefined ? defaultTransformSeconds : Number(interval);
};
