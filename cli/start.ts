import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { refuseOperands } from './arguments.ts';
import type { Command, ExitCode, Given } from './command.ts';
import { Failure, messageOf } from './errors.ts';
import { createHealthReader } from './status/health.ts';
import type { Surroundings } from './surroundings.ts';
import { parseChoice, parseWhole } from './values.ts';

const ports = { low: 1, high: 65_535 };
const dials = ['realtime', 'standard', 'economy'] as const;

/** The laptop's own flags, checked here so that a wrong one is told before anything boots. */
const toFlags = (given: Given): readonly string[] => {
  const port = given.value('port');
  const awsPort = given.value('aws-port');
  const data = given.value('data');
  const freshness = given.value('freshness');
  return [
    ...(port === undefined ? [] : ['--port', String(parseWhole('port', port, ports))]),
    ...(awsPort === undefined ? [] : ['--aws-port', String(parseWhole('aws-port', awsPort, ports))]),
    ...(data === undefined ? [] : [`--data=${data}`]),
    ...(freshness === undefined ? [] : ['--freshness', parseChoice('freshness', freshness, dials)]),
    ...(given.has('memory') ? ['--memory'] : []),
  ];
};

/** Asks until the laptop answers, then prints its health once. */
const announce = async (url: string, { out }: Surroundings, ended: AbortSignal): Promise<void> => {
  const health = createHealthReader(url);
  try {
    while (!ended.aborted) {
      const { health: now, raw } = await health.read().catch(() => ({ health: undefined, raw: undefined }));
      if (now !== undefined && now.status !== 'starting') return await out.write(`${JSON.stringify(raw)}\n`);
      await sleep(200, undefined, { signal: ended }).catch(() => undefined);
    }
  } finally {
    health.close();
  }
};

/** `main` is the script that boots the laptop: run by path, since this room may not import that one. */
export const createStart = (main: string): Command => ({
  name: 'start',
  summary: 'boot the laptop: collector, console, AWS stand-ins and warehouse',
  operands: '',
  description: `Boots all of Millrace on this machine and keeps it running; Ctrl-C drains what is under way and stops. Collector and
console answer on --port, the AWS services on --aws-port. Data stays in a folder between runs, unless --memory is given.`,
  options: {
    port: { value: 'PORT', help: 'collector and console; the laptop uses 8787 when not given' },
    'aws-port': { value: 'PORT', help: 'AWS services; the laptop uses 8788 when not given' },
    data: { value: 'FOLDER', help: 'where data is kept; the ready message names it' },
    freshness: { value: 'DIAL', help: 'realtime, standard or economy: how soon events are in the warehouse' },
    memory: { help: 'keep nothing on disk' },
    json: {
      help: "print the laptop's health as one JSON object on stdout once it is ready; its own output goes to stderr",
    },
  },
  examples: [
    { command: 'npx millrace start', meaning: 'http://localhost:8787 and http://localhost:8788' },
    {
      command: 'npx millrace start --port 9000 --aws-port 9001 --memory --freshness realtime',
      meaning: 'a second laptop that leaves nothing behind',
    },
  ],
  exits: {
    ok: 'the laptop was stopped and had drained',
    failed: 'it could not boot or failed; any other code is its own',
  },
  run: async (given, surroundings): Promise<ExitCode> => {
    refuseOperands('start', given);
    const isJson = given.has('json');
    const args = ['--disable-warning=ExperimentalWarning', main, ...toFlags(given)];
    const child = spawn(process.execPath, args, { stdio: ['inherit', isJson ? process.stderr : 'inherit', 'inherit'] });

    // A terminal sends Ctrl-C to the laptop as well as to us: then we only have to outlive it. A signal from elsewhere is ours to hand on.
    const atTerminal = process.stdin.isTTY === true || process.stderr.isTTY === true;
    const onInterrupt = (): void => {
      if (!atTerminal) child.kill('SIGINT');
    };
    const onTerminate = (): void => {
      child.kill('SIGTERM');
    };
    process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onTerminate);

    const ended = new AbortController();
    const announced = isJson
      ? announce(`http://localhost:${given.value('port') ?? '8787'}`, surroundings, ended.signal)
      : undefined;
    try {
      return await new Promise<ExitCode>((resolve, reject) => {
        child.once('error', (error) => reject(new Failure(`the laptop could not be started: ${messageOf(error)}`)));
        child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
      });
    } finally {
      ended.abort();
      process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onTerminate);
      await announced;
    }
  },
});

export const start = createStart(fileURLToPath(new URL('../local/main.ts', import.meta.url)));
