import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGS, findChromium } from '../browser/chromium.ts';
import { type Laptop, newFolder, startLaptop, stopLaptops } from './laptop.ts';

const executablePath = findChromium();

describe.skipIf(executablePath === undefined)('the console of a real laptop, in a real browser', () => {
  let laptop: Laptop;
  let browser: Browser;
  beforeAll(async () => {
    laptop = await startLaptop(newFolder());
    browser = await chromium.launch({
      ...(executablePath !== undefined && { executablePath }),
      args: [...CHROMIUM_ARGS],
    });
  });
  afterAll(async () => {
    await browser?.close();
    stopLaptops();
  });

  it('shows the first event as a bar, and the sample traffic after it', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(laptop.url);
    const command = (await page.locator('.command code').textContent()) ?? '';
    expect(command).toContain(`${laptop.url}/v1/events`);

    const order = { event_name: 'order_completed', properties: { order_id: 'b-1', total: '12.50', currency: 'USD' } };
    await laptop.send(JSON.stringify({ ...order, context: { campaign: { source: 'newsletter' } } }));
    await page.locator('.bars rect').first().waitFor({ timeout: 15_000 });
    await page.getByText('$12.50').first().waitFor();
    await page.getByText('newsletter').first().waitFor();

    await page.getByRole('button', { name: 'Send sample traffic' }).click();
    await page.getByText(/of 600 sent/).waitFor();
    await page.getByText('page_viewed').first().waitFor({ timeout: 20_000 });
    expect(complaints).toEqual([]);
  });
});
