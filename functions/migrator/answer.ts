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

/** PUTs the answer to the address that CloudFormation signed. The body is bytes, so that no content type is added. */
export const sendAnswer = async (url: string, answer: Answer): Promise<void> => {
  const short = answer.Reason === undefined ? answer : { ...answer, Reason: shorten(answer.Reason, reasonBytes) };
  const response = await fetch(url, { method: 'PUT', body: Buffer.from(JSON.stringify(short)) });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
};
