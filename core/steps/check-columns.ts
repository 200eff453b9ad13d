import { landingColumns } from '../columns.ts';
import { reject } from '../outcome.ts';
import { fits, isStorable, utf8Length } from '../text.ts';
import type { Step } from './step.ts';

/** Bytes that each text column holds. */
const limits: Readonly<Record<string, number | undefined>> = Object.fromEntries(
  Object.entries(landingColumns).flatMap(([name, column]) =>
    column.type === 'VARCHAR' ? [[name, column.bytes] as const] : [],
  ),
);

/** Every text against its column, in bytes: nothing that reaches S3 can fail a COPY, and nothing is ever cut. */
export const checkColumns: Step = (_parts, { hasEscapes }, row) => {
  const columns: Readonly<Record<string, unknown>> = row;
  for (const name in columns) {
    const value = columns[name];
    const bytes = typeof value === 'string' ? limits[name] : undefined;
    if (typeof value !== 'string' || bytes === undefined) continue;
    if (!fits(value, bytes))
      return reject('too_long', name, `${name} has ${utf8Length(value)} bytes, its column holds ${bytes}`);
    if (hasEscapes && !isStorable(value))
      return reject('invalid_text', name, `${name} holds NUL or half a surrogate pair`);
  }
  return undefined;
};
