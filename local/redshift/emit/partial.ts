import { SqlError } from '../error.ts';
import type { Expression, PathStep } from '../sql/syntax.ts';
import type { Emitter } from './emitter.ts';

/** MERGE takes a SUPER column whole or not at all ("MERGE", usage notes, Amazon Redshift Database Developer Guide). */
export const refusePartialSuper = (expressions: readonly Expression[], emitter: Emitter): void => {
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    else if (isPath(value)) refuse(value.steps, emitter);
    else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) visit(each);
  };
  visit(expressions);
};

const refuse = (steps: readonly PathStep[], emitter: Emitter): void => {
  if (isSuper(steps.slice(0, -1), emitter))
    throw new SqlError('MERGE takes no part of a SUPER column: name the whole column');
};

const isSuper = (steps: readonly PathStep[], emitter: Emitter): boolean => {
  if (steps.length === 0) return false;
  try {
    return emitter.expression({ kind: 'path', steps }).type.kind === 'super';
  } catch (error) {
    // The name of a table is no value.
    if (error instanceof SqlError) return false;
    throw error;
  }
};

const isPath = (value: unknown): value is Extract<Expression, { kind: 'path' }> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'path';
