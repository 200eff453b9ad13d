import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Health } from '#core/status.ts';

/** Access that any AWS client has at a laptop: whoever is no role is the account's administrator. */
const access = { region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
}

export interface Laptop {
  readonly resources: Health['resources'];
  /** Environment of a loader that loads into this laptop. */
  readonly loaderEnvironment: Readonly<Record<string, string>>;
  /** The loader as the template has it built. */
  readonly loaderBundle: string;
  put(key: string, body: Uint8Array): Promise<StoredObject>;
  /** The warehouse file is closed when this ends. */
  stop(): Promise<void>;
}

/** Boots a laptop in a process of its own with its data in `folder`. */
export const startLaptop = async (folder: string): Promise<Laptop> => {
  const main = join(import.meta.dirname, '../../local/main.ts');
  const flags = ['--disable-warning=ExperimentalWarning', main, '--data', folder, '--port', '0', '--aws-port', '0'];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  // A measure that throws leaves no laptop behind.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const url = await readyUrl(child);
  const { resources }: Health = await (await fetch(`${url}/health`)).json();
  const endpoint = resources.aws.replace('localhost', '127.0.0.1');
  const bucket = new S3Client({ ...access, endpoint, forcePathStyle: true });
  return {
    resources,
    loaderEnvironment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: access.region,
      AWS_ACCESS_KEY_ID: access.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: access.credentials.secretAccessKey,
      POWERTOOLS_SERVICE_NAME: 'loader',
      POWERTOOLS_METRICS_NAMESPACE: 'Millrace',
      LAKE_BUCKET: resources.bucket,
      WORKGROUP_NAME: resources.workgroup,
      DATABASE: resources.database,
      COPY_ROLE_ARN: await readOutput(endpoint, 'CopyRoleArn'),
    },
    loaderBundle: join(folder, 'functions/LoaderFunction/index.cjs'),
    async put(key, body) {
      const { ETag } = await bucket.send(new PutObjectCommand({ Bucket: resources.bucket, Key: key, Body: body }));
      return { bucket: resources.bucket, key, etag: String(ETag).replaceAll('"', ''), bytes: body.length };
    },
    async stop() {
      bucket.destroy();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
};

const readyUrl = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      const url = /^millrace is ready\s+(http:\S+)/m.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`the laptop ended: ${output}`)));
  });

const readOutput = async (endpoint: string, name: string): Promise<string> => {
  const { Stacks } = await new CloudFormationClient({ ...access, endpoint }).send(new DescribeStacksCommand({}));
  const output = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
  if (output === undefined) throw new Error(`the laptop's stack has no output ${name}`);
  return output;
};
