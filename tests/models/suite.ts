import { afterAll, describe, expect, it } from 'vitest';
import type { Exchange } from './exchange.ts';
import { judge, type Verdict } from './judge.ts';
import { type Models, oldestBotocore, readModels, type ServiceName } from './model.ts';
import { recordExchanges } from './record.ts';
import { spoil } from './spoil.ts';

/** Says in a skipped test what it wants. */
export const wireTitle = `the wire, by AWS's service models (botocore ${oldestBotocore.join('.')} or newer)`;

/** Records a test file's exchanges from now on, and judges those since a place. */
const recordVerdicts = (models: Models | undefined) => {
  const exchanges: Exchange[] = [];
  afterAll(recordExchanges((exchange) => void exchanges.push(exchange)));
  const verdicts = (since = 0): Verdict[] =>
    models === undefined ? [] : exchanges.slice(since).flatMap((exchange) => judge(models, exchange) ?? []);
  return { exchanges, verdicts };
};

/** Checks every answer that a test file's stand-ins gave against AWS's service models. Called at the end of the file. */
export const describeAnswers = (): void => {
  const models = readModels();
  const { verdicts } = recordVerdicts(models);
  it.skipIf(models === undefined)(`has had only answers that AWS could give: ${wireTitle}`, () => {
    expect(verdicts().length).toBeGreaterThan(0);
    expect(answerProblems(verdicts())).toEqual([]);
    expect(takenWrongly(verdicts())).toEqual([]);
  });
};

/**
 * Checks every exchange of a test file's stand-ins against AWS's own service models, and that the file has called each of the
 * `operations` of `service`. Skipped where botocore, which brings the models, is not installed. Called at the end of the file.
 */
export const describeWire = (service: ServiceName, operations: (models: Models) => readonly string[]): void => {
  const models = readModels();
  const { exchanges, verdicts } = recordVerdicts(models);

  describe.skipIf(models === undefined)(wireTitle, () => {
    it(`has seen a success of every operation of ${service} that the laptop has, and an error`, () => {
      const own = verdicts().filter((verdict) => verdict.service === service);
      const succeeded = own.flatMap(({ status, operation }) => (status < 300 ? [operation] : []));
      expect([...new Set(succeeded)].sort()).toEqual(models === undefined ? [] : [...operations(models)].sort());
      expect(own.filter(({ status }) => status >= 400)).not.toEqual([]);
    });

    it('has only answers that AWS could give', () => {
      expect(answerProblems(verdicts())).toEqual([]);
    });

    it('answers no request with success that AWS would refuse', () => {
      expect(takenWrongly(verdicts())).toEqual([]);
    });

    it('refuses what went well as soon as one member of it is wrong', async () => {
      const before = exchanges.length;
      const last = new Map(exchanges.map((exchange) => [exchange.headers['x-amz-target'], exchange]));
      if (models !== undefined) for (const exchange of last.values()) await sendSpoilt(models, exchange);
      const answered = verdicts(before);
      expect(answered.length).toBeGreaterThan(service === 's3' ? -1 : 10);
      expect(answerProblems(answered)).toEqual([]);
      expect(takenWrongly(answered)).toEqual([]);
    });
  });
};

/** Sends a request of AWS JSON that went well again, once for each thing that can be wrong with it. */
const sendSpoilt = async (models: Models, { url, headers, body, status, ...rest }: Exchange): Promise<void> => {
  const found = judge(models, { url, headers, body, status, ...rest });
  if (found?.operation === undefined || found.service === 's3' || status >= 300) return;
  const model = models(found.service);
  const shape = model.operations[found.operation]?.input?.shape;
  if (shape === undefined) return;
  for (const { value } of spoil(model, shape, JSON.parse(body.toString('utf8')))) {
    const { 'x-amz-target': target = '', 'content-type': type = '', authorization = '' } = headers;
    const answer = await fetch(`http://${headers.host}${url}`, {
      method: 'POST',
      headers: { 'x-amz-target': target, 'content-type': type, authorization },
      body: JSON.stringify(value),
    });
    await answer.arrayBuffer();
  }
};

/** Each problem once, with the operation and status that it was seen at. */
export const answerProblems = (verdicts: readonly Verdict[]): readonly string[] => [
  ...new Set(verdicts.flatMap((verdict) => verdict.answerProblems.map((problem) => `${titleOf(verdict)}: ${problem}`))),
];

export const requestProblems = (verdicts: readonly Verdict[]): readonly string[] => [
  ...new Set(
    verdicts.flatMap((verdict) => verdict.requestProblems.map((problem) => `${titleOf(verdict)}: ${problem}`)),
  ),
];

const takenWrongly = (verdicts: readonly Verdict[]): readonly string[] =>
  requestProblems(verdicts.filter(({ status }) => status < 300));

const titleOf = ({ service, operation, status }: Verdict): string => `${service} ${operation} ${status}`;
