/** The window and the currency live in the address, so that a link or a reload shows the same chart. */

export const WINDOWS = [15, 60, 240] as const;
const DEFAULT_MINUTES = 60;

export interface View {
  readonly minutes: number;
  /** Null: the currency with most orders. */
  readonly currency: string | null;
}

export const parseView = (search: string): View => {
  const query = new URLSearchParams(search);
  const asked = Number(query.get('minutes'));
  return {
    minutes: WINDOWS.find((minutes) => minutes === asked) ?? DEFAULT_MINUTES,
    currency: query.get('currency'),
  };
};

/** Keeps whatever else the address holds. */
export const toSearch = (search: string, { minutes, currency }: View): string => {
  const query = new URLSearchParams(search);
  query.set('minutes', String(minutes));
  if (currency === null) query.delete('currency');
  else query.set('currency', currency);
  return `?${query}`;
};
