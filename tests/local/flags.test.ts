import { describe, expect, it } from 'vitest';
import { parseFlags } from '#local/flags.ts';

describe('--aws-host', () => {
  it('names an address on which containers find the AWS services', () => {
    expect(parseFlags(['--aws-host', '172.17.0.1']).awsHost).toBe('172.17.0.1');
    expect(parseFlags([]).awsHost).toBeUndefined();
  });

  it.each(['127.0.0.1', '::1', '0.0.0.0', '::', 'laptop', ''])(
    'refuses %j: one address, and not loopback',
    (address) => {
      expect(() => parseFlags(['--aws-host', address])).toThrow(
        `--aws-host is "${address}": say this machine's address for containers, on Linux 172.17.0.1`,
      );
    },
  );
});
