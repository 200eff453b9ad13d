import { useState } from 'preact/hooks';
import type { Overview } from '#core/status.ts';
import { firstEventCommand } from '../data/first-event.ts';
import { formatCount } from '../data/format.ts';
import { SAMPLE } from '../data/sample.ts';
import { CopyButton } from './copy-button.tsx';
import { SampleButton, type SampleControl } from './sample-button.tsx';

interface Props {
  readonly overview: Overview;
  readonly sample: SampleControl;
}

/** Whether anything has passed a stage, though nothing has reached the tables. */
const isUnderWay = ({ health }: Overview): boolean =>
  health.stages.some(({ queued, counts }) => queued > 0 || Object.values(counts).some((count) => count > 0));

export const FirstEvent = ({ overview, sample }: Props) => {
  // One order id per visit: the report counts an order once, so a second paste is a second event and the same order.
  const [orderId] = useState(() => `order-${Date.now().toString(36)}`);
  const command = firstEventCommand(overview.health.resources.collector, orderId);
  return (
    <section class="panel first-event" aria-labelledby="first-event">
      <h2 id="first-event">Send the first event</h2>
      <p>Nothing has been loaded yet. Paste this into a terminal, and watch it come down the stages below.</p>
      <div class="command">
        <pre>
          <code>{command}</code>
        </pre>
        <CopyButton text={command} />
      </div>
      <div class="or">
        <p>
          Or let the laptop send {formatCount(SAMPLE.events)} made-up events over {SAMPLE.seconds} seconds, through the
          same door.
        </p>
        <SampleButton {...sample} isPrimary />
      </div>
      {isUnderWay(overview) && (
        <p class="under-way" role="status">
          Something is on its way. It appears here once the loader has put it into the tables.
        </p>
      )}
    </section>
  );
};
