const day = 86_400_000;

/** Ways in which an event is malformed on purpose; the pipeline refuses each of them, alone: at the door where that already sees it, else as a row of `rejected_events`. */
export type Fault =
  | 'name_missing'
  | 'name_not_text'
  | 'name_too_long'
  | 'time_unreadable'
  | 'time_in_future'
  | 'text_too_long'
  | 'nul_character';

interface Sound {
  readonly event_id: string;
  readonly event_name: string;
  readonly event_time: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Spoil = (event: Sound, at: number) => Readonly<Record<string, unknown>>;

/** One byte more than a Redshift VARCHAR or SUPER string holds (65,535 bytes). */
const tooLong = 'x'.repeat(65_536);

const spoils: readonly (readonly [Fault, Spoil])[] = [
  ['name_missing', ({ event_name: _, ...rest }) => rest],
  ['name_not_text', (event) => ({ ...event, event_name: 42 })],
  ['time_unreadable', (event) => ({ ...event, event_time: 'not a time' })],
  ['time_in_future', (event, at) => ({ ...event, event_time: new Date(at + 400 * day).toISOString() })],
  ['text_too_long', (event) => ({ ...event, properties: { ...event.properties, note: tooLong } })],
  ['nul_character', (event) => ({ ...event, properties: { ...event.properties, note: 'before\u0000after' } })],
  ['name_too_long', (event) => ({ ...event, event_name: 'n'.repeat(300) })],
];

/** Takes the faults in turn, so that seven malformed events hold one of each. */
export const createMalformed = (): ((
  event: Sound,
  at: number,
) => { readonly event: unknown; readonly fault: Fault }) => {
  let turn = 0;
  return (event, at) => {
    const [fault, spoil] = spoils[turn % spoils.length] ?? ['name_missing', () => ({})];
    turn += 1;
    return { event: spoil(event, at), fault };
  };
};

/** What stands in a batch where an event should: the producer refuses these at the door, naming their index. */
export const notEvents: readonly unknown[] = [null, 42, 'not an event', true];
