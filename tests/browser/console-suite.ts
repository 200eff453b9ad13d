import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { type MockLaptop, startMockLaptop } from './mock-laptop.ts';
import type { Scene } from './scenes.ts';

/** The page asks once a second, and a machine that runs other tests beside is slow. */
export const soon = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

export interface Opened {
  readonly page: Page;
  readonly laptop: MockLaptop;
  /** The page's own errors and warnings, and its requests to anywhere but the laptop. */
  readonly complaints: readonly string[];
}

export interface OpenSettings {
  readonly path?: string;
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** One Chromium for a suite; `open` starts a laptop with a scene and opens its page, both gone after the test. */
export const consoleSuite = () => {
  const executablePath = findChromium();
  const pages: Page[] = [];
  const laptops: MockLaptop[] = [];
  let browser: Browser | undefined;

  beforeAll(async () => {
    if (executablePath) browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] });
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
    await Promise.all(laptops.splice(0).map((laptop) => laptop.die()));
  });
  afterAll(() => browser?.close());

  const open = async (scene: Scene, settings: OpenSettings = {}): Promise<Opened> => {
    const { path = '/', width = 1280, colorScheme = 'light' } = settings;
    if (!browser) throw new Error('open is for tests, after the browser was started');
    const laptop = await startMockLaptop({ scene });
    laptops.push(laptop);
    const viewport = { width, height: 900 };
    const page = await browser.newPage({ viewport, colorScheme, locale: 'en-US', timezoneId: 'America/New_York' });
    pages.push(page);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(laptop.url)) complaints.push(`asked ${request.url()}`);
    });
    await page.goto(`${laptop.url}${path}`);
    await page.locator('main .panel').first().waitFor();
    return { page, laptop, complaints };
  };
  return { hasChromium: executablePath !== undefined, open };
};
