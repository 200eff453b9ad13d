import type { EmitContext, Emitter } from './emitter.ts';
import { emitExpression } from './expression.ts';
import { emitQuery } from './query.ts';

/** An emitter at the top of a statement; it reaches the parts of the emission that need each other. */
export const createEmitter = (context: EmitContext): Emitter =>
  make({ context, scope: undefined, commonTables: new Map() });

const make = (place: Pick<Emitter, 'context' | 'scope' | 'commonTables'>): Emitter => {
  const emitter: Emitter = {
    ...place,
    expression: (expression) => emitExpression(expression, emitter),
    query: (query) => emitQuery(query, emitter),
    at: (to) =>
      make({
        context: to.context ?? place.context,
        scope: to.top === true ? undefined : (to.scope ?? place.scope),
        commonTables: to.top === true ? new Map() : (to.commonTables ?? place.commonTables),
      }),
  };
  return emitter;
};
