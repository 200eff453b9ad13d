import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** What esbuild's `.sql=text` loader does in the bundles (template.yaml), for tests that import a handler. */
const sqlAsText = {
  name: 'sql-as-text',
  enforce: 'pre' as const,
  load(id: string) {
    return id.endsWith('.sql') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined;
  },
};

export default defineConfig({
  plugins: [sqlAsText],
  test: { include: ['tests/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000, maxWorkers: 2 },
});
