import { parseEnvelope } from '#core/envelope.ts';
import { isObject, parseJson } from '#core/json.ts';

/** What the test knows of one envelope; it learns nothing from the tables. */
export interface Sent {
  readonly name: string;
  readonly producer: string;
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly ids: readonly string[];
  readonly acknowledgedBefore: number;
  readonly tellsVoid: readonly (readonly [number, number])[];
  /** Whether the collector answered that it is accepted. */
  acknowledged: boolean;
  /** A copy of it was lost on purpose. */
  destroyed: boolean;
}

/** The test's own books. */
export const createAccount = () => {
  const sent = new Map<string, Sent>();
  return {
    sent,
    note: (record: Uint8Array): Sent => {
      const read = readEnvelope(record);
      const known = sent.get(read.name) ?? read;
      sent.set(known.name, known);
      return known;
    },
    /** Minute of `received_at` → events that were acknowledged. */
    acknowledgedPerMinute: (): Map<number, number> => perMinute([...sent.values()].filter((each) => each.acknowledged)),
  };
};

export type Account = ReturnType<typeof createAccount>;

export const nameOf = (producer: unknown, seq: unknown): string => `${String(producer)} ${String(seq)}`;

export const toMinute = (epochMs: number): number => Math.floor(epochMs / 60_000) * 60_000;

export const perMinute = (envelopes: readonly Sent[]): Map<number, number> => {
  const minutes = new Map<number, number>();
  for (const { receivedAt, ids } of envelopes) {
    const minute = toMinute(receivedAt);
    minutes.set(minute, (minutes.get(minute) ?? 0) + ids.length);
  }
  return minutes;
};

/** Numbers that an arrived envelope calls void. */
export const isVoid = ({ producer, seq }: Sent, arrived: readonly Sent[]): boolean =>
  arrived.some(
    (each) => each.producer === producer && each.tellsVoid.some(([first, last]) => seq >= first && seq <= last),
  );

/** Whether two later requests have come, by which the numbers show that this envelope is missing. */
export const isInGap = ({ producer, seq }: Sent, arrived: readonly Sent[]): boolean => {
  const others = arrived.filter((each) => each.producer === producer);
  const latest = Math.max(...others.map(({ acknowledgedBefore }) => acknowledgedBefore));
  return others.some((each) => each.seq > seq && each.acknowledgedBefore < latest);
};

const readEnvelope = (record: Uint8Array): Sent => {
  const parsed = parseJson(Buffer.from(record).toString('utf8'));
  const envelope = parsed.ok && isObject(parsed.value) ? parseEnvelope(parsed.value) : 'no object';
  if (typeof envelope === 'string') throw new Error(`the collector put what is no envelope: ${envelope}`);
  const { producer, seq, receivedAt, acknowledged = 0, events } = envelope;
  return {
    name: nameOf(producer, seq),
    producer,
    seq,
    receivedAt: Date.parse(String(receivedAt)),
    ids: events.map((event) => (isObject(event) ? String(event.event_id) : '')),
    acknowledgedBefore: acknowledged,
    tellsVoid: envelope.void ?? [],
    acknowledged: false,
    destroyed: false,
  };
};
