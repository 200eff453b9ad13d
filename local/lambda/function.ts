import type { Clock } from '../clock.ts';
import { type Invocation, invocationBytes } from '../invoke.ts';
import type { Random } from '../random.ts';
import { createEnvironment, type EnvironmentSettings, type ExecutionEnvironment } from './environment.ts';

export interface FunctionSettings extends EnvironmentSettings {
  readonly name: string;
  readonly arn: string;
  readonly logGroup: string;
  /** Execution environments at once: the template's reserved concurrency, else what the laptop has cores for. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: Random;
}

export interface FunctionStats {
  readonly running: number;
  readonly waiting: number;
  readonly oldestWaiting: number | undefined;
  readonly invocations: number;
  readonly errors: number;
  readonly lastError: { readonly at: number; readonly message: string } | undefined;
}

/** A deployed function: as many environments as its concurrency, made when first needed; calls beyond that wait in line. */
export interface DeployedFunction {
  invoke(event: string): Promise<Invocation>;
  stats(): FunctionStats;
  /** Ends the environments that are idle, as Lambda does when it likes: the next invocation starts cold. */
  recycle(): Promise<void>;
  stop(): Promise<void>;
}

interface Waiting {
  readonly since: number;
  readonly start: (environment: ExecutionEnvironment) => void;
}

export const createFunction = (settings: FunctionSettings): DeployedFunction => {
  const { clock, random } = settings;
  const idle: ExecutionEnvironment[] = [];
  const all = new Set<ExecutionEnvironment>();
  const line: Waiting[] = [];
  let invocations = 0;
  let errors = 0;
  let lastError: FunctionStats['lastError'];

  const acquire = (): Promise<ExecutionEnvironment> => {
    const free = idle.pop();
    if (free !== undefined) return Promise.resolve(free);
    if (all.size < settings.concurrency) return Promise.resolve(make());
    return new Promise((start) => line.push({ since: clock.now(), start }));
  };
  const make = (): ExecutionEnvironment => {
    const environment = createEnvironment(settings);
    all.add(environment);
    return environment;
  };
  const release = (environment: ExecutionEnvironment): void => {
    if (!environment.alive) all.delete(environment);
    const next = line.shift();
    if (next !== undefined) next.start(environment.alive ? environment : make());
    else if (environment.alive) idle.push(environment);
  };
  const failed = (payload: string): Invocation => {
    errors++;
    lastError = { at: clock.now(), message: messageOf(payload) };
    return { payload, functionError: 'Unhandled' };
  };

  return {
    async invoke(event) {
      invocations++;
      const environment = await acquire();
      const response = await environment.run({
        event,
        requestId: random.uuid(),
        deadline: 0,
        functionName: settings.name,
        functionArn: settings.arn,
        memoryMb: settings.memoryMb,
        logGroup: settings.logGroup,
        logStream: 'laptop',
      });
      release(environment);
      if (!response.ok) return failed(response.payload);
      const bytes = Buffer.byteLength(response.payload);
      if (bytes > invocationBytes) return failed(tooLarge(bytes));
      return { payload: response.payload };
    },
    stats: () => ({
      running: all.size - idle.length,
      waiting: line.length,
      oldestWaiting: line[0]?.since,
      invocations,
      errors,
      lastError,
    }),
    async recycle() {
      const ended = idle.splice(0);
      for (const environment of ended) all.delete(environment);
      await Promise.all(ended.map((environment) => environment.stop()));
    },
    async stop() {
      await Promise.all([...all].map((environment) => environment.stop()));
    },
  };
};

const tooLarge = (bytes: number): string =>
  JSON.stringify({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${invocationBytes} bytes): ${bytes}`,
  });

const messageOf = (payload: string): string => {
  const parsed: unknown = JSON.parse(payload);
  return typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed
    ? String(parsed.errorMessage)
    : payload;
};
