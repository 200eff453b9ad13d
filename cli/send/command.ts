import { refuseOperandsBut } from '../arguments.ts';
import { type Command, type Given, regionOption, stackOption, urlOption } from '../command.ts';
import { UsageError } from '../errors.ts';
import { unknownTypedKey } from '../simulate/sender.ts';
import type { Surroundings } from '../surroundings.ts';
import { parseUrl } from '../values.ts';
import { type Door, deliver, doorOf } from './door.ts';
import { type Event, parseEvent, testEvent } from './event.ts';

const laptopKey = 'local-write-key';

const laptopDoor = (given: Given): Door => {
  const writeKey = given.value('write-key') ?? laptopKey;
  const url = parseUrl('url', given.value('url') ?? '');
  return { collector: `${url}/v1/events`, writeKey, unknownKey: unknownTypedKey(writeKey) };
};

const stackDoor = async (name: string, given: Given): Promise<Door> => {
  const { openStack } = await import('../stack/open.ts');
  const stack = await openStack(name, given.value('region'));
  const typed = given.value('write-key');
  if (typed === undefined) return doorOf(stack);
  return { collector: stack.names.collector, writeKey: typed, unknownKey: unknownTypedKey(typed) };
};

const readEvent = async ({ operands: [text] }: Given, { readStdin }: Surroundings): Promise<Event> => {
  if (text === undefined) return testEvent(new Date());
  return parseEvent(text === '-' ? await readStdin() : text);
};

export const send: Command = {
  name: 'send',
  summary: 'send one event through the collector and print its event_id',
  operands: '[EVENT | -]',
  description: `Sends one event, a JSON object, to the collector of a running laptop, or with --stack of a deployed stack, whose write key
it reads from Secrets Manager. Without EVENT it is an event named pipeline_checked; with - it comes from stdin. An event
without event_id is given one. Only the event_id is printed: millrace status --wait --event ID waits for its row.`,
  options: {
    url: urlOption,
    stack: stackOption,
    region: regionOption,
    'write-key': {
      value: 'KEY',
      help: `write key, instead of ${laptopKey} or the key in the stack's secret`,
    },
    json: { help: 'print event_id and collector as one JSON object on stdout and nothing else there' },
  },
  examples: [
    {
      command: 'npx millrace send --stack millrace-staging',
      meaning: 'does the deployed collector take events?',
    },
    {
      command: 'npx millrace status --wait --event "$(npx millrace send)"',
      meaning: 'one event, from the collector to its row, on a laptop',
    },
  ],
  exits: {
    ok: 'the collector has accepted the event',
    failed: 'it refused the event or the key, or no laptop or stack answers',
  },
  run: async (given, surroundings) => {
    refuseOperandsBut(1, 'send', given);
    if (given.value('stack') === undefined && given.value('region') !== undefined)
      throw new UsageError('--region goes with --stack: give both');
    const event = await readEvent(given, surroundings);
    const stack = given.value('stack');
    const door = stack === undefined ? laptopDoor(given) : await stackDoor(stack, given);
    await deliver(door, event);
    const isJson = given.has('json');
    await surroundings.out.write(
      isJson ? `${JSON.stringify({ event_id: event.id, collector: door.collector })}\n` : `${event.id}\n`,
    );
    return 0;
  },
};
