import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { isObject } from '#core/json.ts';
import { makeLanded } from '../../bench/load/landed.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-landed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rowsOf = (path: string): Record<string, unknown>[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
    .filter(isObject);

describe('the files that the load is measured with', () => {
  it('hold as many events as asked, some of them twice, in numbered envelopes, and nothing rejected', async () => {
    const until = Date.UTC(2026, 10, 22, 10);
    const { paths, events, bytes } = await makeLanded(folder, { files: 2, eventsEach: 1000, seed: 'some', until });
    const rows = paths.flatMap(rowsOf);
    const ids = rows.filter(({ kind }) => kind === 'event').map(({ event_id }) => event_id);
    expect(events).toBe(2000);
    expect(ids).toHaveLength(2000);
    expect(new Set(ids).size).toBeLessThan(2000);
    expect(new Set(ids).size).toBeGreaterThan(1950);
    expect(rows.filter(({ kind }) => kind === 'rejected')).toEqual([]);
    expect(rows.filter(({ kind }) => kind === 'batch').map(({ seq }) => seq)).toEqual(
      Array.from({ length: 20 }, (_, at) => at),
    );
    expect(bytes).toBe(paths.reduce((sum, path) => sum + gunzipSync(readFileSync(path)).length, 0));
  });

  it('have other events under another seed', async () => {
    const until = Date.UTC(2026, 10, 22, 10);
    const [left = [], right = []] = await Promise.all(
      ['left', 'right'].map(async (seed) => {
        const { paths } = await makeLanded(folder, { files: 1, eventsEach: 500, seed, until });
        return paths
          .flatMap(rowsOf)
          .filter(({ kind }) => kind === 'event')
          .map(({ event_id }) => event_id);
      }),
    );
    expect(left).toHaveLength(500);
    expect(left.filter((id) => right.includes(id))).toEqual([]);
  });
});
