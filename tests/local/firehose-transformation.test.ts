import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTransformation } from '#local/firehose/transformation.ts';

const encode = (text: string): string => Buffer.from(text).toString('base64');
const parse = (records: unknown, ids: readonly string[] = ['a', 'b', 'c']) => {
  const { output, ok, dropped, failed } = parseTransformation(JSON.stringify({ records }), ids);
  return { output: output.toString(), ok, dropped, failed: [...failed].map(([place, { code }]) => [place, code]) };
};

describe('the answer of a transforming function', () => {
  it('is put together in the order of the batch, whatever its own, with nothing in between', () => {
    const answer = [
      { recordId: 'c', result: 'Ok', data: encode('3') },
      { recordId: 'a', result: 'Ok', data: encode('1\n') },
      { recordId: 'b', result: 'Dropped' },
    ];
    expect(parse(answer)).toEqual({ output: '1\n3', ok: [0, 2], dropped: [1], failed: [] });
  });

  it('fails single records for what is wrong with them', () => {
    const answer = [
      { recordId: 'a', result: 'ProcessingFailed', data: encode('x') },
      { recordId: 'b', result: 'Ok', data: encode('1') },
      { recordId: 'b', result: 'Ok', data: encode('2') },
      { recordId: 'c', result: 'Ok' },
      { recordId: 'unknown', result: 'Ok', data: encode('x') },
      { recordId: 'e', result: 'Ok', data: '' },
    ];
    expect(parse(answer, ['a', 'b', 'c', 'd', 'e'])).toEqual({
      output: '',
      ok: [4],
      dropped: [],
      failed: [
        [0, 'Lambda.ProcessingFailedStatus'],
        [1, 'Lambda.DuplicatedRecordId'],
        [2, 'Lambda.InvalidReturnFormat'],
        [3, 'Lambda.MissingRecordId'],
      ],
    });
  });

  it('does not drop a record that came back twice', () => {
    const answer = [
      { recordId: 'a', result: 'Dropped' },
      { recordId: 'a', result: 'Dropped' },
    ];
    expect(parse(answer, ['a'])).toMatchObject({ dropped: [], failed: [[0, 'Lambda.DuplicatedRecordId']] });
  });

  it.each([
    ['no JSON', 'oops', 'Lambda.JsonProcessingException'],
    ['an unknown result', '{"records":[{"recordId":"a","result":"OK","data":""}]}', 'Lambda.FunctionError'],
    ['a record that is none', '{"records":[7]}', 'Lambda.FunctionError'],
    ['data that is not base64', '{"records":[{"recordId":"a","result":"Ok","data":"%%%%"}]}', 'Lambda.FunctionError'],
    ['base64 of the URL kind', '{"records":[{"recordId":"a","result":"Ok","data":"_-8="}]}', 'Lambda.FunctionError'],
    ['no records', '{}', 'Lambda.MissingRecordId'],
    ['null', 'null', 'Lambda.MissingRecordId'],
    ['an empty list', '{"records":[]}', 'Lambda.MissingRecordId'],
  ])('fails every record for %s', (_what, payload, code) => {
    const { output, ok, failed } = parseTransformation(payload, ['a', 'b']);
    expect({ output: output.length, ok }).toEqual({ output: 0, ok: [] });
    expect([...failed.values()].map((failure) => failure.code)).toEqual([code, code]);
  });

  it('accounts for every record exactly once, whatever comes back', () => {
    const record = fc.record(
      {
        recordId: fc.oneof(fc.constantFrom('a', 'b', 'c', 'z'), fc.jsonValue()),
        result: fc.oneof(fc.constantFrom('Ok', 'Dropped', 'ProcessingFailed'), fc.jsonValue()),
        data: fc.oneof(fc.base64String(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const answer = fc.oneof(
      fc.record({ records: fc.array(record) }).map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(answer, (payload) => {
        const { ok, dropped, failed } = parseTransformation(payload, ['a', 'b', 'c']);
        expect([...ok, ...dropped, ...failed.keys()].sort()).toEqual([0, 1, 2]);
      }),
      { numRuns: 500 },
    );
  });
});
