import { Worker } from 'node:worker_threads';
import type { Request, Response, Startup } from './runtime.ts';

/** One execution environment: takes one invocation at a time; ends on a timeout or crash and is then of no more use. */
export interface ExecutionEnvironment {
  readonly alive: boolean;
  /** Answers with the handler's JSON, or with Lambda's error object when it threw, timed out or crashed. */
  run(request: Request): Promise<Response>;
  stop(): Promise<void>;
}

export interface EnvironmentSettings {
  readonly startup: Startup;
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Called with every line that the function prints. */
  readonly log: (line: string) => void;
}

export const createEnvironment = (settings: EnvironmentSettings): ExecutionEnvironment => {
  const worker = new Worker(new URL('./runtime.ts', import.meta.url), {
    workerData: settings.startup,
    env: { ...settings.variables },
    argv: [],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
  });
  let alive = true;
  let answer: ((response: Response) => void) | undefined;
  let failure: string | undefined;

  const settle = (response: Response): void => {
    const settled = answer;
    answer = undefined;
    settled?.(response);
  };
  const fail = (errorType: string, errorMessage: string): void => {
    alive = false;
    failure = JSON.stringify({ errorType, errorMessage });
    settle({ ok: false, payload: failure });
  };
  const ready = new Promise<void>((resolve) => {
    worker.on('message', (message: Response | 'ready') => (message === 'ready' ? resolve() : settle(message)));
    worker.on('error', (error: Error) => {
      settings.log(`${error.name}: ${error.message}`);
      fail(error.name, error.message);
      resolve();
    });
    worker.on('exit', (code) => {
      fail('Runtime.ExitError', `the runtime exited with code ${code}`);
      resolve();
    });
  });
  readLines(worker.stdout, settings.log);
  readLines(worker.stderr, settings.log);

  return {
    get alive() {
      return alive;
    },
    async run(request) {
      await ready;
      if (failure !== undefined) return { ok: false, payload: failure };
      const deadline = Date.now() + settings.timeoutSeconds * 1000;
      const seconds = settings.timeoutSeconds.toFixed(2);
      const timer = setTimeout(() => {
        fail('Sandbox.Timedout', `RequestId: ${request.requestId} Error: Task timed out after ${seconds} seconds`);
        void worker.terminate();
      }, settings.timeoutSeconds * 1000);
      const response = await new Promise<Response>((resolve) => {
        answer = resolve;
        worker.postMessage({ ...request, deadline });
      });
      clearTimeout(timer);
      return response;
    },
    async stop() {
      alive = false;
      await worker.terminate();
    },
  };
};

const readLines = (stream: NodeJS.ReadableStream, take: (line: string) => void): void => {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') take(line);
  });
};
