import { refuseOperands } from '../arguments.ts';
import { type Command, urlOption } from '../command.ts';
import { parseSettings } from './settings.ts';

export const simulate: Command = {
  name: 'simulate',
  summary: 'send realistic events, then compare what was sent with what arrived',
  operands: '',
  description: `Sends a chat's and a shop's events to the collector at a steady rate, waits until the warehouse holds them, and compares:
every event once, every duplicate removed, every malformed one rejected, nothing missing, revenue exact to the cent.
--duplicates, --late, --malformed and --refused are percentages of all that is sent. Ctrl-C ends the sending and compares.`,
  options: {
    url: urlOption,
    rate: { value: 'N', help: 'events a second', default: '50' },
    for: { value: 'TIME', help: 'how long to send: 30s, 5m, 1h (default 30s unless --count is given)' },
    count: { value: 'N', help: 'how many events to send, in place of --for' },
    batch: { value: 'N', help: 'events a request, and no more than one second of them', default: '100' },
    concurrency: { value: 'N', help: 'requests under way at once', default: '16' },
    seed: { value: 'S', help: 'the same seed gives the same traffic (default by chance; it is printed)' },
    traffic: { value: 'KIND', help: 'tutorial, shop or both', default: 'both' },
    duplicates: { value: 'P', help: 'sent again later with the same event_id', default: '0' },
    late: { value: 'P', help: 'with an event_time minutes to days old', default: '0' },
    malformed: { value: 'P', help: 'events that the pipeline must reject one by one', default: '0' },
    refused: { value: 'P', help: 'things that are no events, for the collector to refuse', default: '0' },
    'write-key': { value: 'KEY', help: 'write key', default: 'local-write-key' },
    'no-wait': { help: 'do not look into the warehouse at the end' },
    'wait-seconds': { value: 'N', help: 'longest wait for the warehouse', default: '60' },
    json: { help: 'print the comparison as one JSON object on stdout and nothing else there' },
  },
  examples: [
    {
      command: 'npx millrace simulate --rate 500 --for 1m --duplicates 5 --late 5 --malformed 2',
      meaning: 'a minute of lifelike trouble',
    },
    {
      command: 'npx millrace simulate --count 1000 --seed 7 --json',
      meaning: 'the same thousand events each time, for a script',
    },
  ],
  exits: {
    ok: 'what arrived is what was sent',
    failed: 'a figure differs, the collector refused, or no laptop answers',
  },
  run: async (given, surroundings) => {
    refuseOperands('simulate', given);
    const settings = parseSettings(given);
    // Two thirds of the command line is behind this door: the other commands start without it.
    const { run } = await import('./run.ts');
    return run(settings, surroundings);
  },
};
