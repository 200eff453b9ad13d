import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleSuite } from './console-suite.ts';
import { busy, currencies, degraded, empty, manySources } from './scenes.ts';

const { hasChromium, open } = consoleSuite();

const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.skipIf(!hasChromium)('the look of the console in Chromium', () => {
  test('shows local times with UTC in the title', async () => {
    const { page } = await open(busy);
    const [iso = '', title, shown] = await page
      .locator('.loaded-to > strong time')
      .evaluate((time) => [time.getAttribute('datetime') ?? '', time.getAttribute('title'), time.textContent]);
    const local = new Intl.DateTimeFormat('en-US', {
      timeStyle: 'medium',
      timeZone: 'America/New_York',
      hourCycle: 'h23',
    });
    expect(shown).toContain(local.format(new Date(iso ?? '')));
    expect(title).toBe(`${iso?.replace('T', ' ').replace('Z', '')} UTC`);
  });

  test('is dark where the system is, and remembers a theme that was chosen', async () => {
    const { page } = await open(busy, { colorScheme: 'dark' });
    const ground = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await ground()).toBe('rgb(13, 16, 20)');
    await page.getByRole('button', { name: 'Theme: system' }).click();
    expect(await ground()).toBe('rgb(246, 247, 249)');
    await page.reload();
    expect(await ground()).toBe('rgb(246, 247, 249)');
  });

  test.each([
    ['empty', empty],
    ['busy', busy],
    ['manySources', manySources],
    ['degraded', degraded],
  ] as const)('does not scroll sideways at 390 px: %s', async (_, scene) => {
    const { page } = await open(scene, { width: 390 });
    await page.waitForTimeout(300);
    expect(await sideways(page)).toBe(0);
    const expand = page.locator('.expand');
    if ((await expand.count()) > 0) {
      await expand.first().click();
      await expand.last().click();
      expect(await sideways(page)).toBe(0);
    }
  });

  test('gives every control a name and every table a caption', async () => {
    const { page } = await open(currencies);
    const nameless = await page.locator('button, input, progress, [tabindex]').evaluateAll((controls) =>
      controls
        .filter((control) => {
          const label = control.closest('label')?.textContent ?? '';
          return !(control.getAttribute('aria-label') ?? `${control.textContent}${label}`).trim();
        })
        .map((control) => control.outerHTML),
    );
    expect(nameless).toEqual([]);
    const tables = await page.locator('table').count();
    expect(await page.locator('table > caption').count()).toBe(tables);
  });

  test('stands still for who asked for reduced motion', async () => {
    const { page } = await open(busy);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.waitForTimeout(1_500);
    expect(
      await page.evaluate(() => document.getAnimations().filter((each) => each.playState === 'running').length),
    ).toBe(0);
  });
});
