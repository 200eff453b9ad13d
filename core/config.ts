/** An environment as functions get it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads one variable: its value, or a fault that names it. */
export type Reader<Value> = (
  value: string | undefined,
  name: string,
) => { readonly value: Value } | { readonly fault: string };

/** A text that must be there. */
export const required: Reader<string> = (value, name) =>
  value === undefined || value === '' ? { fault: `${name} is missing` } : { value };

/** A text that may be left out; an empty one is none. */
export const optional: Reader<string | undefined> = (value) => ({ value: value === '' ? undefined : value });

/** A whole number of at least `least`, with a default. */
export const wholeNumber =
  (fallback: number, least = 0): Reader<number> =>
  (value, name) => {
    if (value === undefined || value === '') return { value: fallback };
    const number = Number(value);
    return Number.isSafeInteger(number) && number >= least
      ? { value: number }
      : { fault: `${name} is "${value}", wanted a whole number of at least ${least}` };
  };

/** Reads all variables of a shape and reports every missing or invalid one in a single error: a cold start fails at once. */
export const parseEnvironment = <Config extends Readonly<Record<string, unknown>>>(
  env: Environment,
  shape: { readonly [Name in keyof Config]: readonly [variable: string, reader: Reader<Config[Name]>] },
): Readonly<Config> => {
  const faults: string[] = [];
  const config: Partial<Config> = {};
  for (const name in shape) {
    const [variable, reader] = shape[name];
    const read = reader(env[variable], variable);
    if ('fault' in read) faults.push(read.fault);
    else config[name] = read.value;
  }
  if (faults.length > 0) throw new Error(`configuration: ${faults.join('; ')}`);
  return Object.freeze(config as Config);
};
