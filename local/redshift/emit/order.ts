import type { OrderItem } from '../sql/syntax.ts';
import type { Emitted, Emitter } from './emitter.ts';
import { superOrder } from './super.ts';

/** ORDER BY items; NULLs come last ascending and first descending unless said otherwise, as in PostgreSQL. */
export const orderSql = (items: readonly OrderItem[], emitter: Emitter): string =>
  items.map((item) => orderItem(emitter.expression(item.expression), item)).join(', ');

export const orderItem = (value: Emitted, item: OrderItem): string => {
  const nulls = item.nulls ?? (item.descending ? 'first' : 'last');
  const direction = `${item.descending ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`;
  const keys = value.type.kind === 'super' ? superOrder(value) : [value.sql];
  return keys.map((key) => `${key} ${direction}`).join(', ');
};
