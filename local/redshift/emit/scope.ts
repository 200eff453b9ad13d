import { SqlError } from '../error.ts';
import type { PathStep } from '../sql/syntax.ts';
import type { Emitted, Scope, ScopeTable } from './emitter.ts';
import { navigate } from './super.ts';

/** What a name or path means: a column of a table in scope, a column of an outer query, or the way into a SUPER column. */
export const resolve = (steps: readonly PathStep[], scope: Scope | undefined): Emitted => {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = resolveHere(steps, at);
    if (found !== undefined) return found;
  }
  const name = steps.map((step) => ('name' in step ? step.name : `[${step.index}]`)).join('.');
  const tables = scope?.tables.map((table) => table.alias) ?? [];
  const isTable = steps.length > 1 && !tables.includes(nameOf(steps, 0) ?? '');
  if (isTable && scope !== undefined)
    throw new SqlError(`missing FROM-clause entry for table "${nameOf(steps, 0) ?? ''}"`);
  throw new SqlError(`column "${name}" does not exist${tables.length === 0 ? '' : ` in ${tables.join(', ')}`}`);
};

/** Whether a path begins with the alias or column of an earlier item of FROM, so that it unnests a SUPER array. */
export const resolves = (steps: readonly PathStep[], scope: Scope): Emitted | undefined => resolveHere(steps, scope);

const nameOf = (steps: readonly PathStep[], at: number): string | undefined => {
  const step = steps[at];
  return step !== undefined && 'name' in step ? step.name : undefined;
};

const resolveHere = (steps: readonly PathStep[], scope: Scope): Emitted | undefined => {
  const [first, second, third] = [nameOf(steps, 0), nameOf(steps, 1), nameOf(steps, 2)];
  if (first === undefined) return undefined;
  if (second !== undefined) {
    const table = only(
      scope.tables.filter((each) => each.alias === first),
      first,
    );
    const column = table === undefined ? undefined : columnOf(table, second);
    if (column !== undefined) return navigate(column, steps.slice(2));
    const qualified = scope.tables.find((each) => each.schema === first && each.alias === second);
    const inSchema = qualified === undefined || third === undefined ? undefined : columnOf(qualified, third);
    if (inSchema !== undefined) return navigate(inSchema, steps.slice(3));
  }
  const merged = scope.merged.get(first);
  if (merged !== undefined) return navigate(merged, steps.slice(1));
  const columns = scope.tables.map((table) => columnOf(table, first)).filter((each) => each !== undefined);
  if (columns.length > 1) throw new SqlError(`column reference "${first}" is ambiguous`);
  const column = columns[0] ?? scope.outputs.get(first);
  return column === undefined ? undefined : navigate(column, steps.slice(1));
};

const columnOf = (table: ScopeTable, name: string): Emitted | undefined => {
  const found = table.columns.filter((each) => each.name === name);
  if (found.length > 1) throw new SqlError(`column reference "${name}" is ambiguous`);
  return found[0]?.emitted;
};

const only = (tables: readonly ScopeTable[], name: string): ScopeTable | undefined => {
  if (tables.length > 1) throw new SqlError(`table name "${name}" specified more than once`);
  return tables[0];
};
