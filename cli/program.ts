import pack from '../package.json' with { type: 'json' };
import { parseArguments } from './arguments.ts';
import type { Command, ExitCode } from './command.ts';
import { UsageError } from './errors.ts';
import { commandHelp, overview } from './help.ts';
import { nearest } from './nearest.ts';
import type { Surroundings } from './surroundings.ts';
import { tellError } from './tell-error.ts';

export type Program = (argv: readonly string[], surroundings: Surroundings) => Promise<ExitCode>;

const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h' || word === 'help';

/** What to do with a command line (without node and script). Never throws for what a person or the world did wrong. */
export const createProgram = (commands: readonly Command[]): Program => {
  const find = (name: string): Command => {
    const command = commands.find((each) => each.name === name);
    if (command !== undefined) return command;
    const close = nearest(
      name,
      commands.map((each) => each.name),
    );
    const hint =
      close === undefined ? `choose one of ${commands.map((each) => each.name).join(', ')}` : `did you mean ${close}?`;
    throw new UsageError(`there is no command "${name}": ${hint}`);
  };

  const dispatch: Program = async (argv, surroundings) => {
    const { out } = surroundings;
    const [first, ...rest] = argv;
    if (first === undefined || isHelp(first)) {
      const [topic] = rest;
      await out.write(topic === undefined ? overview(commands, out.paint) : commandHelp(find(topic), out.paint));
      return 0;
    }
    if (first === '--version' || first === '-v') {
      await out.write(`${pack.version}\n`);
      return 0;
    }
    if (first.startsWith('-'))
      throw new UsageError(`${first} stands before the command: write millrace <command> ${first}`);
    const command = find(first);
    const given = parseArguments(command, rest);
    if (given.has('help')) {
      await out.write(commandHelp(command, out.paint));
      return 0;
    }
    return command.run(given, surroundings);
  };

  return async (argv, surroundings) => {
    try {
      return await dispatch(argv, surroundings);
    } catch (error) {
      const known = commands.some((each) => each.name === argv[0]) ? ` ${argv[0]}` : '';
      return tellError(error, surroundings.err, `millrace${known} --help`);
    }
  };
};
