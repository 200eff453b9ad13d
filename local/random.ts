import { randomBytes, randomUUID } from 'node:crypto';

/** Chance as the stand-ins see it: ids and jitter. The simulation gives a seeded one. */
export interface Random {
  bytes(count: number): Buffer;
  uuid(): string;
}

export const systemRandom: Random = { bytes: (count) => randomBytes(count), uuid: () => randomUUID() };
