/** Whole cents as decimal text with two places, such as `129.90`; exact up to 2^53 − 1 cents. */
export const toDecimalText = (cents: number): string => {
  const size = Math.abs(cents);
  const whole = Math.floor(size / 100);
  return `${cents < 0 ? '-' : ''}${whole}.${String(size % 100).padStart(2, '0')}`;
};

/** `percent` of an amount in cents, half a cent rounded up; no fraction is ever formed. */
export const percentOf = (cents: number, percent: number): number => Math.floor((cents * percent + 50) / 100);
