import { SqlError, unknownHere } from '../../error.ts';
import type { Call } from '../../sql/syntax.ts';
import { isNumeric, isText, type SqlType, text, type } from '../../sql/types.ts';
import { castTo } from '../cast.ts';
import type { Emitted, Emitter } from '../emitter.ts';

/** The call of a function, its arguments emitted when a rule asks for them. */
export interface Arguments {
  readonly call: Call;
  readonly emitter: Emitter;
  readonly count: number;
  /** An argument that may not be SUPER. */
  at(index: number): Emitted;
  /** An argument of any type. */
  any(index: number): Emitted;
  /** An argument that names a part of a date: `day` or 'day'. */
  word(index: number): string;
  /** The text of an argument that must be a string literal. */
  literal(index: number): string;
}

export interface Answer {
  readonly sql: string;
  readonly type: SqlType;
  /** What stands around the call once OVER (…) is added to it. */
  readonly wrap?: (sql: string) => string;
}

export interface Rule {
  readonly min: number;
  readonly max: number;
  /** Plain functions take no OVER, window functions need one, aggregates may have one. */
  readonly use: 'plain' | 'aggregate' | 'window';
  readonly emit: (args: Arguments) => Answer;
}

export type Rules = Readonly<Record<string, Rule>>;

export const plain = (min: number, max: number, emit: Rule['emit']): Rule => ({ min, max, use: 'plain', emit });
export const aggregate = (min: number, max: number, emit: Rule['emit']): Rule => ({ min, max, use: 'aggregate', emit });
export const windowed = (min: number, max: number, emit: Rule['emit']): Rule => ({ min, max, use: 'window', emit });

/** Text functions: every argument that is not text yet becomes text, as Redshift's implicit casts do. */
export const textual = (duckName: string, count: number, result: SqlType = text()): Rule =>
  plain(count, count, (args) => {
    const values = [...Array(count).keys()].map((index) => asText(args.at(index)));
    return { sql: `${duckName}(${values.join(', ')})`, type: result };
  });

export const asText = (value: Emitted): string =>
  isText(value.type) || value.type.kind === 'null' ? value.sql : castTo(value, { kind: 'varchar' }).sql;

export const asTimestamp = (value: Emitted): Emitted =>
  value.type.kind === 'timestamp' || value.type.kind === 'timestamptz' ? value : castTo(value, type('timestamp'));

export const asNumber = (value: Emitted): Emitted => {
  if (isNumeric(value.type) || ['null', 'unknown'].includes(value.type.kind)) return value;
  if (value.literal !== undefined) return castTo(value, { kind: 'decimal', precision: 38, scale: 10 });
  throw new SqlError(`a number is wanted, not ${value.type.kind}`);
};

/** Arguments of a call for its rule; SUPER is refused unless the rule asks with `any`. */
export const argumentsOf = (call: Call, emitter: Emitter): Arguments => {
  const argument = (index: number): Call['args'][number] => {
    const found = call.args[index];
    if (found === undefined) throw new SqlError(`function ${call.name} lacks argument ${index + 1}`);
    return found;
  };
  const any = (index: number): Emitted => emitter.expression(argument(index));
  return {
    call,
    emitter,
    count: call.args.length,
    any,
    at: (index) => {
      const value = any(index);
      if (value.type.kind === 'super') throw unknownHere(`${call.name} of SUPER: cast the value first`);
      return value;
    },
    word: (index) => {
      const found = argument(index);
      if (found.kind === 'string') return found.value.toLowerCase();
      const step = found.kind === 'path' ? found.steps[0] : undefined;
      if (step === undefined || !('name' in step))
        throw new SqlError(`argument ${index + 1} of ${call.name} must be a date part`);
      return step.name;
    },
    literal: (index) => {
      const found = argument(index);
      if (found.kind !== 'string')
        throw unknownHere(`${call.name} with argument ${index + 1} that is not a string literal`);
      return found.value;
    },
  };
};
