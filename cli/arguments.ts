import { parseArgs } from 'node:util';
import type { Command, Given, Option } from './command.ts';
import { UsageError } from './errors.ts';
import { nearest } from './nearest.ts';

/** Every command has these two beside its own. */
export const commonOptions: Readonly<Record<string, Option>> = { help: { help: 'this text' } };

const spelled = (option: Option, name: string): string =>
  option.value === undefined ? `--${name}` : `--${name} ${option.value}`;

/**
 * Reads the arguments after a command's name. Ours are the messages, so parseArgs runs without its strict mode; what that
 * would refuse is refused here. Throws UsageError.
 */
export const parseArguments = (command: Command, argv: readonly string[]): Given => {
  const options = { ...command.options, ...commonOptions };
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(
        Object.entries(options).map(([name, { value }]) => [
          name,
          { type: value === undefined ? 'boolean' : 'string' } as const,
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const close = nearest(token.name, Object.keys(options));
      throw new UsageError(
        `${command.name} has no option ${token.rawName}${close === undefined ? '' : `: did you mean --${close}?`}`,
      );
    }
    if (option.value === undefined) {
      if (token.value !== undefined)
        throw new UsageError(`--${token.name} takes no value: write --${token.name} alone`);
      flags.add(token.name);
      continue;
    }
    // `--seed --json` means that the seed was forgotten; `--seed=--json` says it is meant.
    const forgotten = token.value === undefined || (token.inlineValue === false && token.value.startsWith('--'));
    if (forgotten || token.value === undefined || token.value === '')
      throw new UsageError(`--${token.name} needs a value: ${spelled(option, token.name)}`);
    if (values.has(token.name)) throw new UsageError(`--${token.name} is given twice: give it once`);
    values.set(token.name, token.value);
  }
  return { has: (flag) => flags.has(flag), value: (name) => values.get(name) ?? options[name]?.default, operands };
};

/** For commands that take at most `count` operands: a stray word is most often a forgotten `--`. */
export const refuseOperandsBut = (count: number, command: string, given: Given): void => {
  const stray = given.operands[count];
  const most = count === 0 ? 'no argument' : 'one argument';
  if (stray !== undefined)
    throw new UsageError(
      `${command} takes ${most}, but was given "${stray}": remove it, or write the option before it`,
    );
};

export const refuseOperands = (command: string, given: Given): void => refuseOperandsBut(0, command, given);
