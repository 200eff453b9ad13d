import type { Step } from './step.ts';

/** Network part of a client address: /24 of IPv4, /48 of IPv6 (text forms of RFC 4291). Anything else is undefined. */
export const truncateIp = (address: string): string | undefined => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const parts = mapped.split('.');
  if (parts.length === 4 && parts.every(isOctet)) return `${parts[0]}.${parts[1]}.${parts[2]}.0`;
  return address.includes(':') ? truncateV6(address) : undefined;
};

const isOctet = (part: string): boolean => /^\d{1,3}$/.test(part) && Number(part) <= 255;

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
