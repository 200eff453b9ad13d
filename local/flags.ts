import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import type { Freshness } from './parameters.ts';

export interface Flags {
  readonly port: number;
  readonly awsPort: number;
  /** An address of this machine beside loopback on which the AWS services answer too: Docker's, for containers. */
  readonly awsHost: string | undefined;
  /** Undefined: the project's own folder in the home folder. */
  readonly data: string | undefined;
  readonly freshness: Freshness;
  readonly memory: boolean;
}

/** What is wrong with a command line, as a sentence for the person who typed it. */
export class FlagError extends Error {}

const dials: readonly Freshness[] = ['realtime', 'standard', 'economy'];

export const parseFlags = (args: readonly string[]): Flags => {
  const values = parse(args);
  const freshness = dials.find((dial) => dial === values.freshness);
  if (freshness === undefined)
    throw new FlagError(`--freshness is "${values.freshness}": say realtime, standard or economy`);
  if (values.memory && values.data !== undefined)
    throw new FlagError('--memory keeps nothing, --data keeps it there: say one of them');
  return {
    port: toPort('--port', values.port),
    awsPort: toPort('--aws-port', values['aws-port']),
    awsHost: toAddress('--aws-host', values['aws-host']),
    data: values.data,
    freshness,
    memory: values.memory,
  };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '8787' },
        'aws-port': { type: 'string', default: '8788' },
        'aws-host': { type: 'string' },
        data: { type: 'string' },
        freshness: { type: 'string', default: 'realtime' },
        memory: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error));
  }
};

const toAddress = (flag: string, text: string | undefined): string | undefined => {
  if (text !== undefined && (isIP(text) === 0 || /^(127\.|0\.0\.0\.0$|::1?$)/.test(text)))
    throw new FlagError(`${flag} is "${text}": say this machine's address for containers, on Linux 172.17.0.1`);
  return text;
};

const toPort = (flag: string, text: string): number => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new FlagError(`${flag} is "${text}": say a port from 0 to 65535`);
  return port;
};
