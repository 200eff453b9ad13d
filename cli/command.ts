import type { Surroundings } from './surroundings.ts';

/** 0 done · 1 it ran and failed · 2 wrong usage. `start` hands on the laptop's own code. */
export type ExitCode = number;

export interface Option {
  /** What the value stands for in the help text, such as `N`; absent for a flag. */
  readonly value?: string;
  readonly help: string;
  /** Shown in the help, and used where the flag is not given. */
  readonly default?: string;
}

interface Example {
  readonly command: string;
  readonly meaning: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows the name in the usage line, before the options; empty where nothing does. */
  readonly operands: string;
  /** Paragraphs of the help text, between usage and options. */
  readonly description: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly [Example, Example, ...Example[]];
  /** What 0 and 1 mean here. */
  readonly exits: { readonly ok: string; readonly failed: string };
  run(given: Given, surroundings: Surroundings): Promise<ExitCode>;
}

/** The command line after the command's name, checked against its options. */
export interface Given {
  /** A flag without value was given. */
  has(flag: string): boolean;
  /** The value given, or else the option's default. */
  value(option: string): string | undefined;
  readonly operands: readonly string[];
}

export const urlOption: Option = { value: 'URL', help: 'which laptop', default: 'http://localhost:8787' };

export const stackOption: Option = { value: 'NAME', help: 'which deployed stack, instead of a laptop' };

export const regionOption: Option = {
  value: 'REGION',
  help: 'with --stack: where it is deployed, when AWS_REGION or the profile does not say it',
};
