/** Money on the page: decimal text in, `bigint` of ten-thousandths inside, text out. No total ever passes through a float. */

const DIGITS = 4;
const SCALE = 10_000n;

/** Ten-thousandths of a currency unit, the scale of the warehouse's DECIMAL(18,4). */
export type Units = bigint;

/** Plain decimal text such as `-12.5`; exponents are not decimal text. */
export const isDecimal = (text: string): text is `${number}` => /^-?\d+(\.\d+)?$/.test(text);

const roundedQuotient = (dividend: bigint, divisor: bigint): bigint => {
  const half = divisor / 2n;
  return dividend < 0n ? -((-dividend + half) / divisor) : (dividend + half) / divisor;
};

/** Digits beyond the fourth are rounded half away from zero; text that is not decimal is undefined. */
export const parseUnits = (text: string): Units | undefined => {
  if (!isDecimal(text)) return undefined;
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const kept = BigInt(whole + fraction.slice(0, DIGITS).padEnd(DIGITS, '0'));
  const size = (fraction[DIGITS] ?? '0') >= '5' ? kept + 1n : kept;
  return negative ? -size : size;
};

export const sumUnits = (amounts: Iterable<Units>): Units => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
};

/** Rounded half away from zero; undefined over no items, since an average of nothing is not zero. */
export const averageUnits = (total: Units, items: number): Units | undefined =>
  items > 0 ? roundedQuotient(total, BigInt(items)) : undefined;

/** For geometry only: where a float's last digit is far below a pixel. */
export const toNumber = (units: Units): number => Number(units) / Number(SCALE);

/** The exact value as decimal text with `digits` digits (0 to 4). */
export const toDecimal = (units: Units, digits: number = DIGITS): string => {
  const rounded = roundedQuotient(units, 10n ** BigInt(DIGITS - digits));
  const text = String(rounded < 0n ? -rounded : rounded).padStart(digits + 1, '0');
  const sign = rounded < 0n ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
};

interface CurrencyFormat {
  readonly exact: Intl.NumberFormat;
  readonly compact: Intl.NumberFormat;
  readonly digits: number;
  readonly suffix: string;
}

const formats = new Map<string, CurrencyFormat>();

/** Intl refuses codes that are not three letters; contracts may carry any word, so such money is shown as `12.00 WORD`. */
const currencyFormat = (currency: string, locale: string | undefined): CurrencyFormat => {
  const key = `${locale ?? ''} ${currency}`;
  const known = formats.get(key);
  if (known) return known;
  const isCode = /^[A-Za-z]{3}$/.test(currency);
  const style = isCode ? ({ style: 'currency', currency } as const) : ({ style: 'decimal' } as const);
  const digits = isCode ? (new Intl.NumberFormat(locale, style).resolvedOptions().maximumFractionDigits ?? 2) : 2;
  const made: CurrencyFormat = {
    exact: new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: digits, maximumFractionDigits: digits }),
    compact: new Intl.NumberFormat(locale, {
      ...style,
      notation: 'compact',
      minimumFractionDigits: 0,
      maximumFractionDigits: 1,
    }),
    digits: Math.min(digits, DIGITS),
    suffix: isCode ? '' : ` ${currency}`,
  };
  formats.set(key, made);
  return made;
};

/** Rounded to the currency's own digits, with separators, as the reader's locale writes money. */
export const formatMoney = (units: Units, currency: string, locale?: string): string => {
  const { exact, digits, suffix } = currencyFormat(currency, locale);
  const text = toDecimal(units, digits);
  return `${isDecimal(text) ? exact.format(text) : text}${suffix}`;
};

/** For axis ticks: `€1.2K`. */
export const formatMoneyTick = (value: number, currency: string, locale?: string): string => {
  const { compact, suffix } = currencyFormat(currency, locale);
  return `${compact.format(value)}${suffix}`;
};
