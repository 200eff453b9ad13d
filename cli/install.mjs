// Runs before `npm start` and `npm test` on whatever Node the machine has: installs the locked packages, once.
import { execSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
const stampFile = new URL('../node_modules/.millrace-lock', import.meta.url);
const { createHash } = await import('node:crypto');
const { writeFileSync } = await import('node:fs');
const stamp = `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}`;

const installed = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
if (!installed) {
  console.log('installing packages (once; a minute or two on a slow line) …');
  execSync('npm ci --no-audit --no-fund', { stdio: 'inherit', cwd: new URL('..', import.meta.url) });
  writeFileSync(stampFile, stamp);
}
