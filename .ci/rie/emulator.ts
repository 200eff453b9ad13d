import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Resource } from '../../local/template/stack.ts';

/** One function behind the emulator. */
export interface Emulated {
  /** The payload that the emulator answers with. */
  invoke(event: string): Promise<string>;
  /** What emulator, runtime and function have printed. */
  readonly log: readonly string[];
  stop(): void;
}

export interface EmulatorSettings {
  /** The emulator's binary. */
  readonly rie: string;
  /** Where aws-lambda-ric is installed. */
  readonly ric: string;
  /** The built function, as it would stand in /var/task. */
  readonly folder: string;
  readonly resource: Resource;
  /** What the template gives the function, and where its services are. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Starts the emulator with a function and waits until it listens. */
export const startEmulator = async (settings: EmulatorSettings): Promise<Emulated> => {
  const { rie, ric, folder, resource, variables } = settings;
  const [port, runtimePort] = await Promise.all([findPort(), findPort()]);
  const handler = String(resource.properties.Handler);
  const runtime = join(ric, 'node_modules/aws-lambda-ric/index.mjs');
  const addresses = [
    '--runtime-interface-emulator-address',
    `127.0.0.1:${port}`,
    '--runtime-api-address',
    `127.0.0.1:${runtimePort}`,
  ];
  const child = spawn(rie, ['--log-level', 'error', ...addresses, process.execPath, runtime, handler], {
    cwd: folder,
    // A group of its own, so that the runtime ends with the emulator.
    detached: true,
    env: {
      ...variables,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'me',
      AWS_SECRET_ACCESS_KEY: 'me',
      AWS_LAMBDA_FUNCTION_NAME: resource.ref,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(resource.properties.MemorySize),
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(resource.properties.Timeout),
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: handler,
    },
  });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) =>
      log.push(
        ...String(chunk)
          .split('\n')
          .filter((line) => line.trim() !== ''),
      ),
    );
  const stop = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  await listening(port);
  return {
    log,
    stop,
    async invoke(event) {
      const response = await fetch(`http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`, {
        method: 'POST',
        body: event,
        signal: AbortSignal.timeout((Number(resource.properties.Timeout) + 10) * 1000),
      });
      return response.text();
    },
  };
};

const findPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const listening = async (port: number): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error(`the emulator does not listen on port ${port}`);
};
