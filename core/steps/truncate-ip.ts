import type { Step } from './step.ts';

/** Network part of a client address: /24 of IPv4, /48 of IPv6 (text forms of RFC 4291). Anything else is undefined. */
export const truncateIp = (address: string): string | undefined =>
  truncateV4(address, 0) ??
  (address.startsWith('::ffff:') ? truncateV4(address, 7) : undefined) ??
  (address.includes(':') ? truncateV6(address) : undefined);

/** Four numbers of 0 to 255 from `from` on, read digit by digit. */
const truncateV4 = (address: string, from: number): string | undefined => {
  let dots = 0;
  let thirdDot = 0;
  let value = -1;
  for (let at = from; at < address.length; at++) {
    const code = address.charCodeAt(at);
    if (code === 0x2e) {
      if (value < 0) return undefined;
      if (++dots === 3) thirdDot = at;
      value = -1;
    } else {
      const digit = code - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      value = (value < 0 ? 0 : value * 10) + digit;
      if (value > 255) return undefined;
    }
  }
  return dots === 3 && value >= 0 ? `${address.slice(from, thirdDot)}.0` : undefined;
};

const truncateV6 = (address: string): string | undefined => {
  const halves = address.split('%')[0]?.split('::') ?? [];
  if (halves.length > 2) return undefined;
  const front = halves[0] === '' || halves[0] === undefined ? [] : halves[0].split(':');
  const back = halves[1] === undefined || halves[1] === '' ? [] : halves[1].split(':');
  if (![...front, ...back].every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - front.length - back.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  return `${groups
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::`;
};

/** The network the event came from; the whole address never leaves this step. */
export const maskAddress: Step = ({ context }, incoming, row) => {
  const address = typeof context.ip === 'string' ? context.ip : incoming.ip;
  const network = address === undefined ? undefined : truncateIp(address);
  if (network !== undefined) row.ip = network;
  return undefined;
};
