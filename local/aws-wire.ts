import type { AwsError } from './aws-error.ts';

/** Reads the members of one AWS JSON request, whose types nobody has checked; what does not fit is `refuse`d. */
export interface Input {
  text(name: string): string;
  optionalText(name: string): string | undefined;
  optionalInteger(name: string, range: { readonly min: number; readonly max: number }): number | undefined;
  optionalFlag(name: string): boolean;
  texts(name: string): readonly string[];
  /** A list of structures. */
  inputs(name: string): readonly Input[];
  optionalInputs(name: string): readonly Input[];
  /** One structure. */
  input(name: string): Input;
  optionalRecord(name: string): Readonly<Record<string, unknown>> | undefined;
}

/** `invalid` is a value of the wrong type, `outside` one of the right type that is not allowed. */
export type Refuse = (kind: 'missing' | 'invalid' | 'outside', name: string, detail: string) => AwsError;

export const createInput = (members: Readonly<Record<string, unknown>>, refuse: Refuse): Input => {
  const invalid = (name: string, wanted: string): AwsError => refuse('invalid', name, `${name} must be ${wanted}.`);

  const optionalText = (name: string): string | undefined => {
    const value = members[name] ?? undefined;
    if (value !== undefined && typeof value !== 'string') throw invalid(name, 'a string');
    return value;
  };

  const optionalRecord = (name: string): Readonly<Record<string, unknown>> | undefined => {
    const value = members[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!isRecord(value)) throw invalid(name, 'a structure');
    return value;
  };

  const optionalInputs = (name: string): readonly Input[] => {
    const value: unknown = members[name] ?? [];
    if (!Array.isArray(value)) throw invalid(name, 'a list');
    return value.map((item: unknown) => {
      if (!isRecord(item)) throw invalid(name, 'a list of structures');
      return createInput(item, refuse);
    });
  };

  const required = <T>(name: string, value: T | undefined): T => {
    if (value === undefined) throw refuse('missing', name, `${name} is required.`);
    return value;
  };

  return {
    optionalText,
    optionalRecord,
    optionalInputs,
    text: (name) => required(name, optionalText(name)),
    optionalInteger: (name, { min, max }) => {
      const value = members[name] ?? undefined;
      if (value === undefined) return undefined;
      const wanted = `a whole number between ${min} and ${max}`;
      if (typeof value !== 'number' || !Number.isInteger(value)) throw invalid(name, wanted);
      if (value < min || value > max) throw refuse('outside', name, `${name} must be ${wanted}.`);
      return value;
    },
    optionalFlag: (name) => members[name] === true,
    texts: (name) => {
      const value: unknown = members[name] ?? [];
      if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
        throw invalid(name, 'a list of strings');
      return value;
    },
    inputs: (name) => required(name, members[name] == null ? undefined : optionalInputs(name)),
    input: (name) => createInput(required(name, optionalRecord(name)), refuse),
  };
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
