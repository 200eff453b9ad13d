import type { EventRow, Incoming } from './incoming.ts';
import type { Rejection } from './outcome.ts';
import { checkColumns } from './steps/check-columns.ts';
import { checkShape } from './steps/check-shape.ts';
import { describePage } from './steps/describe-page.ts';
import { identify } from './steps/identify.ts';
import { nameEvent } from './steps/name-event.ts';
import { nameReferrer } from './steps/name-referrer.ts';
import { recognise } from './steps/recognise.ts';
import { registerContract } from './steps/register-contract.ts';
import type { Step } from './steps/step.ts';
import { tidyProperties } from './steps/tidy-properties.ts';
import { timeEvent } from './steps/time-event.ts';
import { maskAddress } from './steps/truncate-ip.ts';

/** What happens to an event, in order. The first step that refuses ends it. */
const journey: readonly Step[] = [
  identify,
  nameEvent,
  checkShape,
  timeEvent,
  describePage,
  nameReferrer,
  maskAddress,
  tidyProperties,
  registerContract,
  checkColumns,
];

/** How an event ends: as a row, or refused with the id and name that were found before. */
export type Outcome =
  | { readonly kind: 'keep'; readonly row: EventRow }
  | { readonly kind: 'reject'; readonly rejection: Rejection; readonly eventId?: string; readonly eventName?: string };

/** Takes one event through the journey. Never throws. */
export const travel = (incoming: Incoming): Outcome => {
  const parts = recognise(incoming.event);
  const row: EventRow = { kind: 'event' };
  for (const step of journey) {
    const rejection = step(parts, incoming, row);
    if (rejection !== undefined) return rejected(rejection, row);
  }
  row.protocol = parts.protocol;
  if (incoming.source !== undefined) row.source = incoming.source;
  if (incoming.producer !== undefined) row.producer = incoming.producer;
  if (incoming.seq !== undefined) row.seq = incoming.seq;
  return { kind: 'keep', row };
};

const rejected = (rejection: Rejection, row: EventRow): Outcome => ({
  kind: 'reject',
  rejection,
  ...(row.event_id !== undefined && { eventId: row.event_id }),
  ...(row.event_name !== undefined && { eventName: row.event_name }),
});
