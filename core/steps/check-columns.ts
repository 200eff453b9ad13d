import { landingColumns } from '../columns.ts';
import { reject } from '../outcome.ts';
import { fits, isStorable, utf8Length } from '../text.ts';
import type { Step } from './step.ts';

/** Every text against its column, in bytes: nothing that reaches S3 can fail a COPY, and nothing is ever cut. */
export const checkColumns: Step = (_parts, _incoming, row) => {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value !== 'string') continue;
    const column = landingColumns[name];
    if (column?.type !== 'VARCHAR') continue;
    if (!fits(value, column.bytes))
      return reject('too_long', name, `${name} has ${utf8Length(value)} bytes, its column holds ${column.bytes}`);
    if (!isStorable(value)) return reject('invalid_text', name, `${name} holds NUL or half a surrogate pair`);
  }
  return undefined;
};
