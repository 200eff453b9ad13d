import { eventColumns } from '../columns.ts';
import { reject } from '../outcome.ts';
import { toSnakeKey } from '../snake-case.ts';
import { fits } from '../text.ts';
import type { Step } from './step.ts';

/** `Order Completed`, `order-completed` and `ORDER_COMPLETED` are one event; the name as sent is kept beside it. */
export const nameEvent: Step = ({ name, protocol }, _incoming, row) => {
  const field = protocol === 'segment' ? 'event' : 'event_name';
  if (name === undefined || name === null || name === '')
    return reject('missing_name', field, `${field} is missing or empty`);
  if (typeof name !== 'string') return reject('invalid_name', field, `${field} is ${typeName(name)}, wanted text`);
  if (!fits(name, eventColumns.original_name.bytes))
    return reject('too_long', field, `${field} is longer than ${eventColumns.original_name.bytes} bytes`);
  const snake = toSnakeKey(name);
  if (snake === '_') return reject('invalid_name', field, `${field} has no letter or digit`);
  row.event_name = snake;
  row.original_name = name;
  return undefined;
};

const typeName = (value: unknown): string => (Array.isArray(value) ? 'an array' : `of type ${typeof value}`);
