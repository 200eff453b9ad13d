import { afterAll, describe, expect, it } from 'vitest';
import { eventually, newFolder, run, startLaptop, stopLaptops } from './laptop.ts';

afterAll(stopLaptops);

describe('kill -9', () => {
  it('at any moment loses nothing that was answered 202, and loads nothing twice', async () => {
    const folder = newFolder();
    const accepted = new Set<string>();
    for (let round = 0; round < 4; round++) {
      const laptop = await startLaptop(folder);
      let killed = false;
      const sending = Array.from({ length: 4 }, async (_, lane) => {
        for (let at = 0; !killed; at++) {
          const ids = Array.from({ length: 20 }, (_unused, event) => `crash-${round}-${lane}-${at}-${event}`);
          const answer = await laptop
            .send(JSON.stringify(ids.map((event_id) => ({ event_id, event_name: 'a' }))))
            .catch(() => undefined);
          if (answer?.status === 202) for (const id of ids) accepted.add(id);
        }
      });
      // Each round dies at another stage: while buffering, while delivering, while loading.
      await new Promise((resolve) => setTimeout(resolve, 300 + round * 900));
      killed = true;
      await laptop.kill();
      await Promise.all(sending);
    }
    const laptop = await startLaptop(folder);
    expect(accepted.size).toBeGreaterThan(100);
    const sql =
      "SELECT COUNT(*) AS n, COUNT(DISTINCT event_id) AS ids FROM millrace.events WHERE event_id LIKE 'crash-%'";
    const settled = await eventually(
      async () => ({
        row: (await laptop.query(sql))[0],
        waiting: (await laptop.health()).stages.reduce((sum, stage) => sum + stage.queued, 0),
      }),
      ({ row, waiting }) => waiting === 0 && Number(row?.ids) >= accepted.size,
      60,
    );
    expect(Number(settled.row?.n)).toBe(Number(settled.row?.ids));
    const found = new Set(
      (await laptop.query("SELECT event_id FROM millrace.events WHERE event_id LIKE 'crash-%'")).map(
        (row) => row.event_id,
      ),
    );
    expect([...accepted].filter((id) => !found.has(id))).toEqual([]);
    await laptop.kill();
  }, 180_000);

  it('a second Ctrl-C stops at once and loses nothing either', async () => {
    const folder = newFolder();
    const laptop = await startLaptop(folder, ['--freshness', 'economy']);
    await laptop.send(
      JSON.stringify(Array.from({ length: 100 }, (_, at) => ({ event_id: `twice-${at}`, event_name: 'a' }))),
    );
    await laptop.interrupt(2);
    const again = await startLaptop(folder);
    const sql = "SELECT COUNT(*) AS n FROM millrace.events WHERE event_id LIKE 'twice-%'";
    expect(
      await eventually(
        async () => Number((await again.query(sql))[0]?.n),
        (n) => n === 100,
      ),
    ).toBe(100);
  }, 90_000);
});

describe('bad starts: one clear line, exit code 1, nothing touched', () => {
  it('a port in use', async () => {
    const laptop = await startLaptop(newFolder());
    const port = new URL(laptop.url).port;
    const folder = newFolder();
    const { code, output } = await run('local/main.ts', ['--port', port, '--aws-port', '0', '--data', folder]);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).toMatch(/port \d+ is already in use.*--port/);
    expect(code).toBe(1);
    const other = await run('local/main.ts', ['--port', '0', '--aws-port', '0', '--data', laptop.folder]);
    expect(other.output).toMatch(/is in use by another millrace.*--data/);
    expect(other.output.trim().split('\n')).toHaveLength(1);
    expect(other.code).toBe(1);
    await laptop.kill();
  });

  it('a wrong flag is exit code 2', async () => {
    expect(await run('local/main.ts', ['--freshness', 'soon'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('realtime'),
    });
    expect(await run('local/main.ts', ['--port', 'x'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('--port'),
    });
  });
});
