import { defineConfig } from 'vitest/config';

/** Checks against a deployed stack, which `npm test` leaves out: see tests/live/README.md. One file at a time, none in a hurry. */
export default defineConfig({
  test: {
    include: ['tests/live/**/*.live.ts'],
    globalSetup: ['tests/live/setup.ts'],
    fileParallelism: false,
    testTimeout: 2_400_000,
    hookTimeout: 2_400_000,
  },
});
