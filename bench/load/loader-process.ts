// One execution environment of the loader in a process of its own, so that its memory is the loader's alone. Started by
// bench/load/loader.ts with the bundle's path; takes SQS events, answers what each took.
import { channel } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';

export interface Invocation {
  readonly ms: number;
  readonly failures: number;
  /** Calls by the name of the Data API's operation. */
  readonly dataApiCalls: Readonly<Record<string, number>>;
  /** What the handler threw. */
  readonly error?: string;
  readonly peakMb: number;
}

const patienceMs = 600_000;
let calls: Record<string, number> = {};

/** Node tells of every request that leaves; the Data API's name their operation in a header. */
channel('http.client.request.start').subscribe((message) => {
  const target = isRequest(message) ? message.request.getHeader('x-amz-target') : undefined;
  const operation = /^RedshiftData\.(\w+)$/.exec(String(target))?.[1];
  if (operation !== undefined) calls[operation] = (calls[operation] ?? 0) + 1;
});

const isRequest = (message: unknown): message is { request: { getHeader(name: string): unknown } } =>
  typeof message === 'object' && message !== null && 'request' in message;

const invoke = async (event: unknown): Promise<Invocation> => {
  calls = {};
  const startedAt = process.hrtime.bigint();
  const answer = await answerOf(event);
  const ms = Number(process.hrtime.bigint() - startedAt) / 1e6;
  return { ms, dataApiCalls: calls, peakMb: process.resourceUsage().maxRSS / 1024, ...answer };
};

const answerOf = async (event: unknown): Promise<{ failures: number; error?: string }> => {
  const deadline = Date.now() + patienceMs;
  const context = {
    functionName: 'loader',
    functionVersion: '$LATEST',
    memoryLimitInMB: '512',
    awsRequestId: 'bench',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    return { failures: (await handler(event, context)).batchItemFailures.length };
  } catch (error) {
    return { failures: 0, error: error instanceof Error ? error.message : String(error) };
  }
};

const { handler } = createRequire(import.meta.url)(String(process.argv[2]));
process.on('message', async (event) => process.send?.(await invoke(event)));
process.send?.('ready');
