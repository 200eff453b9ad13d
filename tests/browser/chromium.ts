import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
] as const;

export const SKIP_MESSAGE = 'skipped: no Chromium found; set CHROMIUM_PATH or apt install chromium';

/** Containers mostly run as root, where Chromium refuses its own sandbox. */
export const CHROMIUM_ARGS = ['--no-sandbox', '--disable-dev-shm-usage'] as const;

/**
 * Path of a Chromium to drive, or undefined after saying so: browser tests then skip. On CI a missing browser throws, for
 * tests that are never run prove nothing. A CHROMIUM_PATH that does not exist is a mistake and throws everywhere.
 */
export const findChromium = (
  env: NodeJS.ProcessEnv = process.env,
  exists: (path: string) => boolean = existsSync,
): string | undefined => {
  const chosen = env.CHROMIUM_PATH;
  if (chosen) {
    if (!exists(chosen)) throw new Error(`CHROMIUM_PATH is ${chosen}, and there is no such file`);
    return chosen;
  }
  const found = PLACES.find((place) => exists(place));
  if (found) return found;
  if (env.CI === 'true') throw new Error('no Chromium found, and on CI the browser tests must run; set CHROMIUM_PATH');
  process.stderr.write(`${SKIP_MESSAGE}\n`);
  return undefined;
};
