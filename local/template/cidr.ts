/**
 * `Fn::Cidr` for IPv4: the first `count` blocks of `bits` host bits inside `block`; undefined when they do not fit.
 * (CloudFormation user guide, "Fn::Cidr": count 1 to 256.)
 */
export const divideCidr = (block: string, count: number, bits: number): readonly string[] | undefined => {
  const [, address = '', prefix = ''] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(block) ?? [];
  const parts = address.split('.').map(Number);
  const hostBits = 32 - Number(prefix);
  if (prefix === '' || hostBits < 0 || parts.some((part) => part > 255)) return undefined;
  if (!(count >= 1 && count <= 256 && bits >= 0 && count * 2 ** bits <= 2 ** hostBits)) return undefined;
  const first = Math.floor(parts.reduce((sum, part) => sum * 256 + part, 0) / 2 ** hostBits) * 2 ** hostBits;
  return Array.from({ length: count }, (_, at) => `${toText(first + at * 2 ** bits)}/${32 - bits}`);
};

const toText = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
