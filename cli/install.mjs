// Runs before `npm start`, `npm test` and `npm run bench`, on whatever Node the machine has: installs the locked packages
// when they are not what package-lock.json says.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const project = new URL('..', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, project), 'utf8')).packages;

const isInstalled = () => {
  if (!existsSync(new URL('node_modules/.package-lock.json', project))) return false;
  const there = read('node_modules/.package-lock.json');
  return Object.entries(read('package-lock.json')).every(
    ([path, { version, optional }]) => path === '' || optional || there[path]?.version === version,
  );
};

if (!isInstalled()) {
  console.log('installing packages, once (some 500 MB of which most is DuckDB, Node 24 and the AWS SDK) …');
  const { status } = spawnSync('npm ci --no-audit --no-fund --loglevel=error', {
    stdio: 'inherit',
    shell: true,
    cwd: project,
  });
  if (status !== 0) {
    console.error('millrace: npm ci failed, see above; nothing was started');
    process.exit(1);
  }
}
