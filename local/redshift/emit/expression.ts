import { SqlError, unknownHere } from '../error.ts';
import type { Expression } from '../sql/syntax.ts';
import { decimal, isNumeric, type SqlType, text, type } from '../sql/types.ts';
import { emitCall } from './call.ts';
import { castTo } from './cast.ts';
import { type Emitted, type Emitter, quote } from './emitter.ts';
import { unify } from './functions/conditions.ts';
import { binary, compare, condition, isIn, like } from './operators.ts';
import { resolve } from './scope.ts';

const unnamed = '?column?';
const boolean = type('boolean');

/** An expression of Redshift's SQL in DuckDB's. */
export const emitExpression = (expression: Expression, emitter: Emitter): Emitted => {
  const emit = (inner: Expression): Emitted => emitter.expression(inner);
  switch (expression.kind) {
    case 'string':
      if (expression.value.includes('\0')) throw new SqlError('invalid byte sequence for encoding "UTF8": 0x00');
      return {
        sql: quote(expression.value),
        type: text(Math.max(1, Buffer.byteLength(expression.value))),
        literal: expression.value,
        name: unnamed,
      };
    case 'number':
      return { sql: expression.value, type: numberType(expression.value), name: unnamed };
    case 'constant':
      return {
        sql: expression.value.toUpperCase(),
        type: expression.value === 'null' ? type('null') : boolean,
        name: unnamed,
      };
    case 'default':
      throw new SqlError('DEFAULT is not allowed in this context');
    case 'path': {
      const found = resolve(expression.steps, emitter.scope);
      const last = expression.steps.findLast((step) => 'name' in step);
      return last !== undefined && 'name' in last ? { ...found, name: last.name } : found;
    }
    case 'unary':
      return unary(expression.operator, emit(expression.operand));
    case 'binary':
      return binary(expression.operator, emit(expression.left), emit(expression.right));
    case 'is':
      return truth(isTest(emit(expression.operand), expression.test, expression.not));
    case 'between': {
      const value = emit(expression.operand);
      const both = `(${compare('>=', value, emit(expression.low))} AND ${compare('<=', value, emit(expression.high))})`;
      return truth(expression.not ? `(NOT ${both})` : both);
    }
    case 'in': {
      const value = emit(expression.operand);
      return truth(isIn(value, expression.list.map(emit), expression.not));
    }
    case 'inQuery': {
      const query = emitter.query(expression.query);
      if (query.columns.length !== 1) throw new SqlError('subquery has too many columns');
      const value = emit(expression.operand);
      if (value.type.kind === 'super') throw unknownHere('IN (subquery) with SUPER: cast the value first');
      return truth(`(${value.sql} ${expression.not ? 'NOT IN' : 'IN'} (${query.sql}))`);
    }
    case 'like':
      return like(emit(expression.operand), emit(expression.pattern), expression);
    case 'case':
      return emitCase(expression, emit);
    case 'cast':
      return castTo(emit(expression.operand), expression.to, expression.lax);
    case 'interval':
      return { sql: `INTERVAL ${quote(interval(expression.value))}`, type: type('interval'), name: unnamed };
    case 'exists':
      return truth(`EXISTS (${emitter.query(expression.query).sql})`);
    case 'subquery': {
      const query = emitter.query(expression.query);
      const [column] = query.columns;
      if (column === undefined || query.columns.length > 1) throw new SqlError('subquery must return only one column');
      return { sql: `(${query.sql})`, type: column.type, name: column.name };
    }
    case 'call':
      return emitCall(expression, emitter);
  }
};

const truth = (sql: string): Emitted => ({ sql, type: boolean, name: unnamed });

const unary = (operator: '-' | '+' | 'not', operand: Emitted): Emitted => {
  if (operator === 'not') return truth(`(NOT ${condition(operand)})`);
  const value = operand.literal === undefined ? operand : castTo(operand, decimal(38, 10));
  if (!isNumeric(value.type) && !['interval', 'null', 'unknown'].includes(value.type.kind)) {
    throw new SqlError(`operator does not exist: ${operator} ${value.type.kind}`);
  }
  return { sql: `(${operator}${value.sql})`, type: value.type, name: unnamed };
};

const isTest = (value: Emitted, test: string, not: boolean): string => {
  const word = test === 'unknown' ? 'NULL' : test.toUpperCase();
  if (test !== 'null') condition(value);
  return `(${value.sql} IS ${not ? 'NOT ' : ''}${word})`;
};

const numberType = (digits: string): SqlType => {
  if (/[eE]/.test(digits)) return type('double');
  const [whole = '', fraction = ''] = digits.split('.');
  const significant = whole.replace(/^0+/, '').length;
  if (digits.includes('.'))
    return decimal(Math.min(38, Math.max(1, significant + fraction.length)), Math.min(37, fraction.length));
  const value = BigInt(digits);
  if (value <= 2147483647n) return type('integer');
  return value <= 9223372036854775807n ? type('bigint') : decimal(38, 0);
};

const emitCase = (expression: Extract<Expression, { kind: 'case' }>, emit: (inner: Expression) => Emitted): Emitted => {
  const subject = expression.subject === undefined ? undefined : emit(expression.subject);
  const results = expression.branches.map((branch) => emit(branch.result));
  const otherwise = expression.otherwise === undefined ? undefined : emit(expression.otherwise);
  const { sqls, type: common } = unify(otherwise === undefined ? results : [...results, otherwise]);
  const branches = expression.branches.map((branch, at) => {
    const when = emit(branch.when);
    return `WHEN ${subject === undefined ? condition(when) : compare('=', subject, when)} THEN ${sqls[at] ?? 'NULL'}`;
  });
  const ending = otherwise === undefined ? '' : ` ELSE ${sqls.at(-1) ?? 'NULL'}`;
  return { sql: `(CASE ${branches.join(' ')}${ending} END)`, type: common, name: 'case' };
};

const interval = (value: string): string => {
  const unit =
    '(?:years?|mons?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|milliseconds?|microseconds?)';
  if (!new RegExp(`^\\s*(?:[+-]?\\d+(?:\\.\\d+)?\\s*${unit}[\\s,]*)+$`, 'i').test(value))
    throw unknownHere(`the interval '${value}'`);
  return value.replaceAll(',', ' ').trim();
};
