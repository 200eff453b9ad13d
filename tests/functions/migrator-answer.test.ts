import { afterEach, expect, it } from 'vitest';
import { sendAnswer } from '#functions/migrator/answer.ts';
import { listen } from '#tests/loopback.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A place that takes an answer after refusing the first `refusals` times. */
const takeAnswers = async (refusals: number) => {
  const taken: { body: string; type: string | undefined }[] = [];
  let left = refusals;
  const { url, close } = await listen((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      response.statusCode = left-- > 0 ? 503 : 200;
      if (response.statusCode === 200)
        taken.push({ body: Buffer.concat(chunks).toString(), type: message.headers['content-type'] });
      response.end();
    });
  });
  stops.push(close);
  return { taken, url: `${url}/answer` };
};

const answer = {
  Status: 'FAILED',
  PhysicalResourceId: 'p',
  StackId: 's',
  RequestId: 'r',
  LogicalResourceId: 'l',
} as const;

it('puts the answer without a content type, which the signature does not have', async () => {
  const { taken, url } = await takeAnswers(0);
  await sendAnswer(url, answer);
  expect(taken).toEqual([{ body: JSON.stringify(answer), type: undefined }]);
});

it('tries again when the answer is not taken', async () => {
  const { taken, url } = await takeAnswers(1);
  await sendAnswer(url, answer);
  expect(taken).toHaveLength(1);
});

it('keeps the whole answer under the 4,096 bytes that CloudFormation reads', async () => {
  const { taken, url } = await takeAnswers(0);
  await sendAnswer(url, { ...answer, Reason: 'é'.repeat(9_000) });
  expect(Buffer.byteLength(taken[0]?.body ?? '')).toBeLessThan(4_096);
});

it('gives up when nobody listens', async () => {
  await expect(sendAnswer('http://127.0.0.1:9/answer', answer)).rejects.toThrow(
    'CloudFormation did not take the answer',
  );
});
