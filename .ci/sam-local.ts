// One sample event of each function through `sam local invoke`, against a laptop that containers reach; see sam-local.sh.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readNotes } from '../local/invoke/samples.ts';
import { differences } from '../tests/house/sample-answer.ts';
import { putLake, readEvent, startLaptop } from './rie/laptop.ts';

const project = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { sam: { type: 'string' }, clone: { type: 'string' }, gateway: { type: 'string' } },
});
const { sam, clone, gateway } = values;
if (sam === undefined || clone === undefined || gateway === undefined)
  throw new Error('say where --sam, --clone and --gateway are');

const samples: Readonly<Record<string, string>> = {
  TransformerFunction: 'transformer/direct-put.json',
  ProducerFunction: 'producer/gzip.json',
  LoaderFunction: 'loader/several-messages.json',
  MigratorFunction: 'migrator/create-schema.json',
};

/** Hosts are as `samconfig.toml` names them; the environment file is that of the repository, with the port of this laptop. */
const invoke = (functionName: string, event: string, envVars: string): Promise<{ out: string; err: string }> =>
  new Promise((resolve) => {
    const args = ['local', 'invoke', functionName, '--event', '-', '--skip-pull-image', '--env-vars', envVars];
    // No credentials: with some, the SAM CLI asks STS first.
    const { PATH = '', HOME = '', DOCKER_HOST = '' } = process.env;
    const env = { PATH, HOME, DOCKER_HOST, SAM_CLI_TELEMETRY: '0', AWS_EC2_METADATA_DISABLED: 'true' };
    const child = spawn(sam, args, { cwd: clone, env });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', () => resolve({ out, err }));
    child.stdin.end(event);
  });

const folder = mkdtempSync(join(tmpdir(), 'millrace-sam-local-'));
const laptop = await startLaptop(project, ['--aws-host', gateway]);
let wrong = 0;
try {
  await putLake(join(project, 'events/lake'), laptop.awsUrl);
  const containerUrl = laptop.awsUrl.replace('localhost', 'host.docker.internal');
  const kept = readFileSync(join(clone, 'local/invoke/env-vars.json'), 'utf8');
  const envVars = join(folder, 'env-vars.json');
  writeFileSync(envVars, kept.replaceAll('http://host.docker.internal:8788', containerUrl));
  for (const [functionName, file] of Object.entries(samples)) {
    const startedAt = performance.now();
    const event = readEvent(join(project, 'events', file), containerUrl);
    const { out, err } = await invoke(functionName, event, envVars);
    const { ResponseURL: responseUrl } = JSON.parse(event);
    const given =
      responseUrl === undefined ? out : await (await fetch(responseUrl.replace(containerUrl, laptop.awsUrl))).text();
    const promised = readNotes(join(project, 'events')).find((note) => note.file === file)?.answer ?? '';
    const faults = differences(JSON.parse(promised), given);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${faults.length === 0 ? 'ok   ' : 'FAIL '} ${seconds} s  sam local invoke ${functionName} -e ${file}`);
    for (const line of faults.length === 0 ? [] : [...faults, ...err.split('\n').slice(-25)])
      console.log(`        ${line}`);
    if (faults.length > 0) wrong++;
  }
} finally {
  await laptop.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(wrong === 0 ? 0 : 1);
