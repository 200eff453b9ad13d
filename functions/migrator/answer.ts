import { setTimeout as wait } from 'node:timers/promises';
import { shorten } from '#core/text.ts';

/** What CloudFormation waits for (CloudFormation user guide, "Custom resource response objects"). */
export interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/** Longest reason that the console shows whole; the whole answer may have 4,096 bytes. */
const reasonBytes = 1000;

const attempts = 3;
/** Three of them, and the pauses between, end within the time that the handler keeps back to answer. */
const attemptMs = 2500;

/** PUTs the answer to the address that CloudFormation signed. The body is bytes, so that no content type is added. */
export const sendAnswer = async (url: string, answer: Answer): Promise<void> => {
  const short = answer.Reason === undefined ? answer : { ...answer, Reason: shorten(answer.Reason, reasonBytes) };
  const body = Buffer.from(JSON.stringify(short));
  for (let attempt = 1; ; attempt++) {
    const fault = await put(url, body);
    if (fault === undefined) return;
    if (attempt === attempts) throw new Error(`CloudFormation did not take the answer: ${fault}`);
    await wait(attempt * 500);
  }
};

const put = async (url: string, body: Buffer<ArrayBuffer>): Promise<string | undefined> => {
  try {
    const response = await fetch(url, { method: 'PUT', body, signal: AbortSignal.timeout(attemptMs) });
    return response.ok ? undefined : String(response.status);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
