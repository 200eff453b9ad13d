import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alarm, type Datum, stateOf } from './alarm.ts';
import { evaluate } from './expression.ts';

const metric = { namespace: 'N', name: 'M', dimensions: { service: 's' } };

const alarm = (datapointsToAlarm: number): Alarm => ({
  name: 'an alarm',
  description: '',
  metrics: [{ id: 'value', statistic: 'Maximum', ...metric }],
  expression: 'value',
  periodSeconds: 300,
  evaluationPeriods: 3,
  datapointsToAlarm,
  comparison: 'GreaterThanThreshold',
  threshold: 0,
  missing: 'notBreaching',
  alarmActions: [],
  okActions: [],
});

/** `0 - X`: a value within the threshold, none, one beyond it, a period each. */
const toData = (points: string): Datum[] =>
  points.split(' ').flatMap((point, at) => {
    if (point === '-') return [];
    return [{ ...metric, unit: 'Count', at: (at + 1) * 300_000, value: point === 'X' ? 1 : 0 }];
  });

describe('state of an alarm', () => {
  // The column NOT BREACHING of the tables in "Configuring how CloudWatch alarms treat missing data".
  it.each([
    [3, '0 - X - X', 'OK'],
    [3, '0 - - - -', 'OK'],
    [3, '- - - - -', 'OK'],
    [3, '0 X X - X', 'ALARM'],
    [3, '- - X - -', 'OK'],
    [2, '0 - X - X', 'ALARM'],
    [2, '0 0 X 0 X', 'ALARM'],
    [2, '0 - X - -', 'OK'],
    [2, '- - - - 0', 'OK'],
    [2, '- - - - X', 'OK'],
  ])('with %i of 3 and %s is as in the examples of CloudWatch', (datapoints, points, state) => {
    expect(stateOf(alarm(datapoints), toData(points), 5 * 300_000)).toBe(state);
  });

  it('looks at no metric of other dimensions', () => {
    const others = toData('X X X X X').map((datum) => ({ ...datum, dimensions: { service: 'other' } }));
    expect(stateOf(alarm(1), others, 5 * 300_000)).toBe('OK');
  });
});

type Tree = number | { readonly left: Tree; readonly sign: string; readonly right: Tree };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.nat(99),
    fc.record({ left: tie('tree'), sign: fc.constantFrom('+', '-', '*', '/'), right: tie('tree') }),
  ),
}));

const isSum = (node: Tree): boolean => typeof node !== 'number' && (node.sign === '+' || node.sign === '-');

/** Text with no more parentheses than are needed. */
const print = (node: Tree): string => {
  if (typeof node === 'number') return String(node);
  const wrap = (child: Tree, isRight: boolean): string => {
    const binds = isSum(node) ? isRight && isSum(child) : isSum(child) || (isRight && typeof child !== 'number');
    return binds ? `(${print(child)})` : print(child);
  };
  return `${wrap(node.left, false)} ${node.sign} ${wrap(node.right, true)}`;
};

const value = (node: Tree): number => {
  if (typeof node === 'number') return node;
  const [left, right] = [value(node.left), value(node.right)];
  if (node.sign === '+') return left + right;
  if (node.sign === '-') return left - right;
  return node.sign === '*' ? left * right : left / right;
};

describe('metric math', () => {
  it('gives what arithmetic gives, and nothing where it divides by zero', () => {
    fc.assert(
      fc.property(tree, (node) => {
        const expected = value(node);
        const result = evaluate(`${print(node)} + 0 * measured`, { measured: 1 });
        expect(result).toBe(Number.isFinite(expected) ? expected + 0 : undefined);
      }),
    );
  });

  it('counts a missing value as 0 beside another, and gives nothing where nothing was measured', () => {
    expect(evaluate('100 * a / (a + b)', { a: 1 })).toBe(100);
    expect(evaluate('a + b', {})).toBeUndefined();
  });

  it.each(['a +', '(a', 'a b', 'FILL(a, 0)', ''])('refuses %j', (expression) => {
    expect(() => evaluate(expression, { a: 1 })).toThrow('metric math');
  });
});
