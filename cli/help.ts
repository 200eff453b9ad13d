import { commonOptions } from './arguments.ts';
import type { Command, Option } from './command.ts';
import type { Paint } from './paint.ts';

const left = (name: string, option: Option): string =>
  `--${name}${option.value === undefined ? '' : ` ${option.value}`}${name === 'help' ? ', -h' : ''}`;

const optionLines = (options: Readonly<Record<string, Option>>): readonly string[] => {
  const rows = Object.entries(options).map(([name, option]) => ({
    left: left(name, option),
    right: option.default === undefined ? option.help : `${option.help} (default ${option.default})`,
  }));
  const width = Math.max(...rows.map((row) => row.left.length));
  return rows.map((row) => `  ${row.left.padEnd(width)}  ${row.right}`);
};

/** `millrace X --help`, or the same of a program of its own. */
export const commandHelp = (command: Command, paint: Paint, called = `millrace ${command.name}`): string =>
  [
    `${paint.bold('Usage:')} ${called} ${command.operands === '' ? '' : `${command.operands} `}[options]`,
    '',
    command.description,
    '',
    paint.bold('Options:'),
    ...optionLines({ ...command.options, ...commonOptions }),
    '',
    paint.bold('Examples:'),
    ...command.examples.flatMap(({ command: line, meaning }) => [`  ${line}`, `      ${paint.dim(meaning)}`]),
    '',
    paint.bold('Exit codes:'),
    `  0  ${command.exits.ok}`,
    `  1  ${command.exits.failed}`,
    '  2  wrong usage',
    '',
  ].join('\n');

/** `millrace --help`. */
export const overview = (commands: readonly Command[], paint: Paint): string => {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `${paint.bold('Usage:')} millrace <command> [options]`,
    '',
    'A serverless stream of events into Amazon Redshift, and all of it on a laptop.',
    '',
    paint.bold('Commands:'),
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Every command has --help and --json, and exits with 0 (done), 1 (it ran and failed) or 2 (wrong usage).',
    'millrace --version prints the version.',
    '',
  ].join('\n');
};
