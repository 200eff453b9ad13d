import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPattern } from '#local/iam/pattern.ts';
import { ask, policy } from './support.ts';

/** What a pattern means, tried in every way: the pattern's first character, and what is left of both. */
const slowly = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === '';
  const rest = pattern.slice(1);
  if (pattern[0] === '*')
    return Array.from({ length: text.length + 1 }, (_, at) => text.slice(at)).some((left) => slowly(rest, left));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && slowly(rest, text.slice(1));
};

const letters = fc.constantFrom('a', 'b', ':', '/', '.');
const texts = fc.string({ unit: letters, maxLength: 8 });
const patterns = fc.string({ unit: fc.oneof(letters, fc.constantFrom('*', '?')), maxLength: 7 });

describe('patterns', () => {
  it('match what trying every way matches', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(createPattern(pattern, { wildcards: true }).matches(text, {})).toBe(slowly(pattern, text));
      }),
      { numRuns: 5000 },
    );
  });

  it('match a text that was made from them', () => {
    const parts = fc.array(fc.tuple(letters, texts), { maxLength: 6 });
    fc.assert(
      fc.property(parts, (pairs) => {
        const pattern = pairs.map(([letter]) => `${letter}*`).join('');
        const text = pairs.map(([letter, filling]) => letter + filling).join('');
        expect(createPattern(pattern, { wildcards: true }).matches(text, {})).toBe(true);
      }),
    );
  });

  it('without wildcards match themselves alone, and a variable its value alone', () => {
    fc.assert(
      fc.property(patterns, patterns, (left, right) => {
        expect(createPattern(left, { wildcards: false }).matches(right, {})).toBe(left === right);
        const variable = createPattern('x$' + '{aws:userid}', { wildcards: true });
        expect(variable.matches(`x${right}`, { 'aws:userid': left })).toBe(left === right);
      }),
    );
  });
});

const actions = ['s3:Get*', 's3:GetObject', 's3:Put?bject', 'sqs:*', '*'];
const resources = ['arn:aws:s3:::a', 'arn:aws:s3:::a/*', 'arn:aws:s3:::*/b', '*'];
const statements = fc.array(
  fc.record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Action: fc.subarray(actions, { minLength: 1 }),
    Resource: fc.subarray(resources, { minLength: 1 }),
  }),
  { maxLength: 6 },
);
const accesses = fc.record({
  action: fc.constantFrom('s3:GetObject', 's3:PutObject', 'sqs:SendMessage'),
  resource: fc.constantFrom('arn:aws:s3:::a', 'arn:aws:s3:::a/b', 'arn:aws:s3:::c/b', 'arn:aws:sqs:::q'),
});

describe('evaluation', () => {
  it('is a deny where one applies, else an allow where one applies, in any order of statements', () => {
    fc.assert(
      fc.property(statements, accesses, fc.infiniteStream(fc.nat()), (given, access, keys) => {
        const speaking = given.filter(
          ({ Action, Resource }) =>
            Action.some((each) => slowly(each.toLowerCase(), access.action.toLowerCase())) &&
            Resource.some((each) => slowly(each, access.resource)),
        );
        const wanted =
          speaking.some(({ Effect }) => Effect === 'Allow') && !speaking.some(({ Effect }) => Effect === 'Deny');
        const shuffled = given
          .map((statement) => ({ statement, key: keys.next().value ?? 0 }))
          .sort((left, right) => left.key - right.key)
          .map(({ statement }) => statement);
        for (const order of [given, shuffled]) {
          const half = Math.floor(order.length / 2);
          const resource = policy(
            order.slice(half).map((each) => ({ ...each, Principal: '*' })),
            'resource',
          );
          expect(ask(access, { identity: policy(order) }).allowed).toBe(wanted);
          expect(ask(access, { identity: policy(order.slice(0, half)), resource }).allowed).toBe(wanted);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives no less when an allow is added, and no more when a deny is', () => {
    fc.assert(
      fc.property(statements, statements, accesses, (given, more, access) => {
        const before = ask(access, { identity: policy(given) }).allowed;
        const allows = more.filter(({ Effect }) => Effect === 'Allow');
        const denies = more.filter(({ Effect }) => Effect === 'Deny');
        if (before) expect(ask(access, { identity: policy([...given, ...allows]) }).allowed).toBe(true);
        else expect(ask(access, { identity: policy([...given, ...denies]) }).allowed).toBe(false);
      }),
    );
  });
});
