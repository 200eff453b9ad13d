// One execution environment of one function: a worker thread that sees its own environment variables and nothing else of the
// laptop. Speaks with local/lambda/environment.ts in the messages below.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** What the worker is started with. */
export interface Startup {
  readonly file: string;
  readonly exportName: string;
}

export interface Request {
  readonly event: string;
  readonly requestId: string;
  /** Epoch milliseconds at which the function's timeout ends. */
  readonly deadline: number;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logStream: string;
}

export type Response =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly payload: string };

const port = parentPort;
if (port === null) throw new Error('local/lambda/runtime.ts runs in a worker only');

/** Lambda's error object (AWS Lambda developer guide, "Lambda function errors in Node.js"). */
const toErrorPayload = (error: unknown): string =>
  JSON.stringify(
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
      : { errorType: typeof error, errorMessage: String(error), trace: [] },
  );

const toContext = (request: Request): object => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: request.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: request.functionArn,
  memoryLimitInMB: String(request.memoryMb),
  awsRequestId: request.requestId,
  logGroupName: request.logGroup,
  logStreamName: request.logStream,
  getRemainingTimeInMillis: () => Math.max(0, request.deadline - Date.now()),
});

const { file, exportName }: Startup = workerData;
const loaded: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
const handler = loaded[exportName];

port.on('message', async (request: Request) => {
  try {
    if (typeof handler !== 'function') throw new Error(`${exportName} is undefined or not exported`);
    const result: unknown = await handler(JSON.parse(request.event), toContext(request));
    port.postMessage({ ok: true, payload: JSON.stringify(result) ?? 'null' } satisfies Response);
  } catch (error) {
    port.postMessage({ ok: false, payload: toErrorPayload(error) } satisfies Response);
  }
});
port.postMessage('ready');
