import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleSuite, soon } from './console-suite.ts';
import { busy, currencies, degraded, empty, type Scene } from './scenes.ts';

const { hasChromium, open } = consoleSuite();

const barHeights = (page: Page): Promise<number> =>
  page
    .locator('.bars rect')
    .evaluateAll((rects) => rects.reduce((sum, rect) => sum + rect.getBoundingClientRect().height, 0));

describe.skipIf(!hasChromium)('the console in Chromium', () => {
  test('says how to send the first event, and copies the command', async () => {
    const { page, complaints } = await open(empty);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await soon(() => page.locator('.command code').textContent()).toContain('http://localhost:8787/v1/events');
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("-H 'X-Write-Key: local-write-key'");
    expect(complaints).toEqual([]);
  });

  test('sends sample traffic, shows how far it is, and then the chart', async () => {
    const { page, laptop } = await open(empty);
    await page.getByRole('button', { name: 'Send sample traffic' }).click();
    await page.getByText(/^\d+ of 600 sent$/).waitFor();
    expect(laptop.posts).toEqual(['{"events":600,"seconds":30}']);
    await page.locator('.bars rect').first().waitFor({ timeout: 10_000 });
    await page.getByRole('heading', { name: 'Send the first event' }).waitFor({ state: 'detached' });
    expect(await page.getByText(/^\d+ of 600 sent$/).isVisible()).toBe(true);
  });

  test('explains why sample traffic was refused', async () => {
    const { page, laptop } = await open(busy);
    laptop.answerSample(409, '{"message":"sample traffic is already running"}');
    await page.getByRole('button', { name: 'Send sample traffic' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'sample traffic is already running' });
    await alert.waitFor();
    expect(await alert.textContent()).toContain('409');
  });

  test('draws bars that grow while one watches', async () => {
    let factor = 1;
    const growing: Scene = (moment) => {
      const now = Math.floor(moment.now / 60_000) * 60_000 + 30_000;
      const scene = busy({ ...moment, now });
      const [first, ...rest] = scene.revenue;
      if (!first) return scene;
      return { ...scene, revenue: [{ ...first, orders: 40 * factor, net: `${500 * factor}.00` }, ...rest] };
    };
    const { page, complaints } = await open(growing);
    await page.locator('.bars rect').first().waitFor();
    const before = await barHeights(page);
    const net = await page.locator('.kpis strong').first().textContent();
    expect(before).toBeGreaterThan(100);
    factor = 2;
    await soon(() => page.locator('.kpis strong').first().textContent()).not.toBe(net);
    await soon(() => barHeights(page)).toBeGreaterThan(before);
    expect(complaints).toEqual([]);
  });

  test('tells all about the bar under the pointer, and under the arrow keys', async () => {
    const { page } = await open(busy);
    const chart = page.locator('.chart');
    const box = await chart.boundingBox();
    if (!box) throw new Error('the chart has no place');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 60);
    const tip = page.getByRole('tooltip');
    await tip.waitFor();
    expect(await tip.locator('dt').allTextContents()).toEqual([
      'Orders',
      'Gross',
      expect.stringMatching(/^Refunded/),
      'Net',
    ]);
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: 'detached' });
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    const first = await tip.textContent();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    await soon(() => tip.textContent()).not.toBe(first);
    expect(await page.locator('.chart [aria-live]').textContent()).toMatch(/orders, gross €.*net €/);
  });

  test('keeps the window and the currency in the address', async () => {
    const { page } = await open(currencies, { path: '/?minutes=15' });
    expect(await page.getByRole('radio', { name: '15 min' }).isChecked()).toBe(true);
    await page.getByText('4 h', { exact: true }).click();
    await page.getByText('JPY', { exact: true }).click();
    await soon(() => page.url()).toContain('minutes=240&currency=JPY');
    await soon(() => page.locator('.kpis strong').first().textContent()).toMatch(/^¥[\d,]+$/);
    await page.reload();
    await soon(() => page.locator('.kpis strong').first().textContent()).toMatch(/^¥[\d,]+$/);
    expect(await page.getByRole('radio', { name: '4 h' }).isChecked()).toBe(true);
  });

  test('shows markup in events, sources and rejections as text', async () => {
    const attack = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const hostile: Scene = (moment) => {
      const scene = busy(moment);
      return {
        ...scene,
        health: { ...scene.health, stack: attack },
        revenue: scene.revenue.map((row) => ({ ...row, source: row.source === 'google' ? attack : row.source })),
        latestEvents: scene.latestEvents.map((event) => ({
          ...event,
          event_name: attack,
          properties: { [attack]: attack },
        })),
        latestRejections: scene.latestRejections.map((each) => ({ ...each, detail: attack, original: attack })),
        rejectionsByReason: [{ reason: attack, count: 1 }],
      };
    };
    const { page, complaints } = await open(hostile);
    await page.locator('.events .expand').first().click();
    await page.locator('.rejections .expand').first().click();
    expect(await page.locator('.rejections .detail pre').textContent()).toBe(attack);
    expect(await page.locator('.events td.name').first().textContent()).toBe(attack);
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).not.toBe('owned');
    expect(complaints).toEqual([]);
  });

  test('holds the list still under an open row, and lets it go', async () => {
    const { page } = await open(busy);
    const row = page.locator('.events .openable').nth(2);
    await row.locator('.expand').click();
    await page.mouse.move(0, 0);
    const name = await row.textContent();
    await page.getByText(/held still, [1-9]/).waitFor();
    expect(await row.textContent()).toBe(name);
    await page.getByRole('button', { name: 'show' }).first().click();
    await soon(() => row.textContent()).not.toBe(name);
  });

  test('names the stage at fault', async () => {
    const { page } = await open(degraded);
    expect(await page.locator('.loaded-to').textContent()).toContain('queue waits 3 min 34 s');
    expect(await page.getByRole('status').first().textContent()).toContain('degraded');
    const failures = page.getByRole('list', { name: 'Latest failure of each stage' });
    expect(await failures.textContent()).toContain('ActiveStatementsExceededException');
  });

  test('says that the laptop is silent, keeps the data, and recovers by itself', async () => {
    const { page, laptop } = await open(busy);
    await page.locator('.bars rect').first().waitFor();
    await laptop.die();
    await page.getByText('The laptop does not answer.').waitFor();
    expect(await page.locator('.bars rect').count()).toBeGreaterThan(10);
    expect(await page.getByRole('status').first().textContent()).toContain('no answer');
    await laptop.revive();
    await page.getByText('The laptop does not answer.').waitFor({ state: 'detached' });
    await soon(() => page.getByRole('status').first().textContent()).toContain('ok');
  });

  test('says what is wrong when something else answers', async () => {
    const { page, laptop } = await open(empty);
    laptop.play((moment) => ({ ...empty(moment), loadedTo: JSON.parse('7') }));
    await page.getByText(/overview\.loadedTo is not text/).waitFor();
    laptop.play(empty);
    await page.getByText(/overview\.loadedTo is not text/).waitFor({ state: 'detached' });
  });
});
