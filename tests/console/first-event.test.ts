import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { firstEventCommand } from '#console/data/first-event.ts';

const command = firstEventCommand('http://localhost:8787/', 'order-1');

/** What a shell hands to curl, one argument a line-safe JSON string. */
const argumentsOf = (line: string): readonly string[] => {
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }; ${line}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
};

describe.skipIf(process.platform === 'win32')('the first event', () => {
  test('is one command for a shell, with the key and the right address', () => {
    expect(argumentsOf(command).slice(0, -1)).toEqual([
      '-X',
      'POST',
      'http://localhost:8787/v1/events',
      '-H',
      'X-Write-Key: local-write-key',
      '-H',
      'Content-Type: application/json',
      '-d',
    ]);
  });

  test('has a body that is JSON with money as text', () => {
    expect(JSON.parse(argumentsOf(command).at(-1) ?? '')).toMatchObject({
      event_name: 'order_completed',
      properties: { order_id: 'order-1', total: '129.90', currency: 'USD' },
    });
  });

  test('does not repeat a path that the collector address already has', () => {
    expect(firstEventCommand('http://localhost:8787/v1/events', 'o')).toContain("'http://localhost:8787/v1/events'");
  });
});
