import { join } from 'node:path';
import { bootCloud, type Cloud } from './cloud.ts';
import { type DataFolder, defaultDataFolder, openDataFolder, openMemoryFolder, StartError } from './data-folder.ts';
import { FlagError, type Flags, parseFlags } from './flags.ts';
import { laptopWriteKey } from './parameters.ts';
import { findFreePort } from './ports.ts';
import { TemplateError } from './template/template.ts';

const project = join(import.meta.dirname, '..');

const start = async (flags: Flags): Promise<void> => {
  const startedAt = Date.now();
  const port = await findFreePort(flags.port, '--port');
  const awsPort = await findFreePort(flags.awsPort, '--aws-port');
  if (flags.awsHost !== undefined) await findFreePort(awsPort, '--aws-port or another --aws-host', flags.awsHost);
  const folder = flags.memory ? openMemoryFolder() : await openDataFolder(flags.data ?? defaultDataFolder(project));
  const { freshness, awsHost } = flags;
  const settings = { project, data: folder.path, port, awsPort, awsHost, freshness };
  const cloud = await bootCloud({ ...settings, say: (line) => console.log(`  ${line} …`) });
  stopOnSignal(cloud, folder);
  console.log(readyMessage(cloud, ((Date.now() - startedAt) / 1000).toFixed(1), flags));
};

const readyMessage = (cloud: Cloud, seconds: string, { memory }: Flags): string => {
  const { resources, freshness } = cloud.health();
  const console = resources.collector.replace('/v1/events', '');
  const kept = memory
    ? 'in memory, gone when this stops'
    : `${resources.data} (outside the project; --data names another folder)`;
  return `
millrace is ready   ${console}   (in ${seconds} s)

  Send an event:
    curl -s ${resources.collector.replace('http://', '')} -H 'X-Write-Key: ${laptopWriteKey}' -H 'content-type: application/json' -d '{"event_name":"order_completed","anonymous_id":"visitor-1","context":{"campaign":{"source":"newsletter"}},"properties":{"order_id":"o-1","total":"129.90","currency":"USD"}}'

  Console      ${console}
  AWS port     ${resources.aws}   (stream ${resources.stream}, bucket ${resources.bucket})
  Freshness    ${freshness}
  Data         ${kept}

  Stop with Ctrl-C.`;
};

/** The first signal drains, the second stops at once: what was accepted is on disk and goes on at the next start. */
const stopOnSignal = (cloud: Cloud, folder: DataFolder): void => {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(130);
    stopping = true;
    console.log(
      '\nstopping: bringing what was accepted into the warehouse (Ctrl-C again stops at once; nothing is lost)',
    );
    await cloud.drain();
    await cloud.stop();
    await folder.release();
    console.log('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
};

const fail = (error: unknown): never => {
  if (error instanceof FlagError) {
    console.error(`millrace: ${error.message}`);
    process.exit(2);
  }
  const isForPeople = error instanceof StartError || error instanceof TemplateError;
  console.error(isForPeople ? `millrace: ${error.message}` : error);
  process.exit(1);
};

try {
  await start(parseFlags(process.argv.slice(2)));
} catch (error) {
  fail(error);
}
