import type { EventRow, Incoming } from '../incoming.ts';
import type { Rejection } from '../outcome.ts';
import type { Recognised } from './recognise.ts';

/**
 * One step: reads the event's parts and how it came, writes the columns that are its own, and says what is wrong if the
 * event cannot be kept. Total and synchronous; it reads only columns of steps listed before it (core/journey.ts).
 */
export type Step = (parts: Recognised, incoming: Incoming, row: EventRow) => Rejection | undefined;
