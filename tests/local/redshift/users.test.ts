import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '#functions/migrator/migrations.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import schema from '#warehouse/migrations/schema.sql';
import { event, loadStatements } from './load.ts';
import { createTestLake, openRedshift, rowsOf, run, transact } from './support.ts';

type Row = ReturnType<typeof event>;

const lake = createTestLake();
let redshift: Redshift;
beforeEach(async () => {
  redshift = await openRedshift(lake);
  await run(redshift, schema, ...migrations.map(({ sql }) => sql));
});
afterEach(() => redshift.close());
afterAll(() => lake.remove());

let loads = 0;
const statementsOf = (rows: readonly Row[]): string[] => {
  const key = `landed/${++loads}.json.gz`;
  lake.lines(key, rows);
  return loadStatements(lake, `load-${loads}`, [key]);
};
const load = (...rows: readonly Row[]) => run(redshift, ...statementsOf(rows));

const usersOf = () =>
  rowsOf(
    redshift,
    'SELECT user_id, JSON_SERIALIZE(traits), traits_at, traits_event_id, first_seen, last_seen FROM millrace.users ORDER BY 1',
  );
const aliasesOf = () =>
  rowsOf(redshift, 'SELECT anonymous_id, user_id, first_seen FROM millrace.user_aliases ORDER BY 1, 2');

/** `event_time` at this second; it was received at `seconds`. */
const at = (second: number): string => `2026-11-22 10:00:${String(second).padStart(2, '0')}`;
const said = (second: number) => ({ event_time: at(second) });
const seen = (id: string, second: number, more: object = {}) =>
  event(id, 50, { ...said(second), anonymous_id: undefined, user_id: 'u', ...more });
const identify = (id: string, second: number, traits: object, more: object = {}) =>
  seen(id, second, { event_name: 'identify', properties: traits, ...more });
const alias = (id: string, second: number, previous: unknown, more: object = {}) =>
  seen(id, second, { event_name: 'alias', properties: { previous_id: previous }, ...more });

describe('users', () => {
  it('holds the traits said last, and the first and last sighting', async () => {
    await load(seen('a', 20), identify('b', 10, { plan: 'free' }), identify('c', 30, { plan: 'pro', seats: 2 }));
    expect(await usersOf()).toEqual([['u', '{"plan":"pro","seats":2}', at(30), 'c', at(10), at(30)]]);
  });

  it('keeps newer traits when older ones come late, and sees the user earlier', async () => {
    await load(identify('b', 30, { plan: 'pro' }));
    await load(identify('a', 10, { plan: 'free' }));
    expect(await usersOf()).toEqual([['u', '{"plan":"pro"}', at(30), 'b', at(10), at(30)]]);
  });

  it('keeps traits that a later sighting does not speak of, and takes newer ones whole', async () => {
    await load(identify('a', 10, { plan: 'free', city: 'Ulm' }));
    await load(seen('b', 20));
    expect(await usersOf()).toEqual([['u', '{"plan":"free","city":"Ulm"}', at(10), 'a', at(10), at(20)]]);
    await load(identify('c', 30, { plan: 'pro' }));
    expect(await usersOf()).toEqual([['u', '{"plan":"pro"}', at(30), 'c', at(10), at(30)]]);
  });

  it('has no traits of a user who was only seen, nor those of a group', async () => {
    await load(seen('a', 10), seen('b', 20, { event_name: 'group', properties: { name: 'Acme' } }));
    expect(await usersOf()).toEqual([['u', null, null, null, at(10), at(20)]]);
    await load(identify('c', 5, { plan: 'free' }));
    expect(await usersOf()).toEqual([['u', '{"plan":"free"}', at(5), 'c', at(5), at(20)]]);
  });

  it.each([
    ['in one load', ['a', 'b']],
    ['in one load, the other way round', ['b', 'a']],
  ])('takes the greater event_id of two at the same time, %s', async (_, ids) => {
    await load(...ids.map((id) => identify(id, 10, { from: id })));
    expect(await usersOf()).toEqual([['u', '{"from":"b"}', at(10), 'b', at(10), at(10)]]);
  });

  it.each([[['a', 'b']], [['b', 'a']]])('takes the greater event_id of two at the same time, loads %s', async (ids) => {
    for (const id of ids) await load(identify(id, 10, { from: id }));
    expect(await usersOf()).toEqual([['u', '{"from":"b"}', at(10), 'b', at(10), at(10)]]);
  });

  it('counts no event that was a duplicate', async () => {
    await load(identify('a', 20, { plan: 'free' }));
    await load(identify('a', 40, { plan: 'other' }), identify('a', 10, { plan: 'third' }));
    expect(await usersOf()).toEqual([['u', '{"plan":"free"}', at(20), 'a', at(20), at(20)]]);
  });

  it('has no row of a visitor without a user id', async () => {
    await load(event('a', 0), event('b', 1, { event_name: 'identify', properties: { plan: 'free' } }));
    expect(await usersOf()).toEqual([]);
    expect(await aliasesOf()).toEqual([]);
  });
});

describe('user_aliases', () => {
  const visitor = { anonymous_id: 'v' };

  it('joins the ids of every event that has both, each pair once, from the earliest on', async () => {
    await load(seen('a', 20, visitor), identify('b', 30, {}, visitor), seen('c', 25, { anonymous_id: 'w' }));
    expect(await aliasesOf()).toEqual([
      ['v', 'u', at(20)],
      ['w', 'u', at(25)],
    ]);
    await load(
      seen('d', 10, visitor),
      seen('e', 40, { anonymous_id: 'w' }),
      seen('f', 15, { ...visitor, user_id: 'x' }),
    );
    expect(await aliasesOf()).toEqual([
      ['v', 'u', at(10)],
      ['v', 'x', at(15)],
      ['w', 'u', at(25)],
    ]);
  });

  it('joins the previous id of an alias, text or number', async () => {
    await load(alias('a', 10, 'before'), alias('b', 20, 42), alias('c', 30, 'before', visitor));
    expect(await aliasesOf()).toEqual([
      ['42', 'u', at(20)],
      ['before', 'u', at(10)],
      ['v', 'u', at(30)],
    ]);
  });

  it('joins a previous id of alias alone, and of its user alone', async () => {
    await load(seen('a', 10, { properties: { previous_id: 'p' } }), alias('b', 20, 'q', { user_id: undefined }));
    expect(await aliasesOf()).toEqual([]);
  });

  it.each([
    ['the user itself', 'u'],
    ['an empty text', ''],
    ['null', null],
    ['true', true],
    ['an object', { id: 'x' }],
    ['a list', ['x']],
    ['a text that is longer than an id', 'é'.repeat(129)],
    ['a text as long as SUPER holds', 'x'.repeat(65_535)],
  ])('loads an alias whose previous id is %s, and joins nothing', async (_, previous) => {
    await load(alias('a', 10, previous));
    expect(await rowsOf(redshift, 'SELECT event_id FROM millrace.events')).toEqual([['a']]);
    expect(await aliasesOf()).toEqual([]);
  });

  it('joins a previous id as long as an id can be', async () => {
    const previous = 'é'.repeat(128);
    await load(alias('a', 10, previous));
    expect(await aliasesOf()).toEqual([[previous, 'u', at(10)]]);
  });
});

it('a load that fails after it changed the users leaves them as they were', async () => {
  const visitor = { anonymous_id: 'v' };
  await load(identify('a', 20, { plan: 'free' }, visitor));
  const before = [await usersOf(), await aliasesOf()];
  const statements = statementsOf([
    identify('b', 10, { plan: 'old' }, visitor),
    identify('c', 30, { plan: 'pro' }, { user_id: 'new', ...visitor }),
  ]);
  const failed = await transact(redshift, ...statements.slice(0, -1), 'SELECT 1 / 0');
  expect(failed.error).toContain(`Query #${statements.length} failed`);
  expect([await usersOf(), await aliasesOf()]).toEqual(before);
  await run(redshift, ...statements);
  expect(await usersOf()).toHaveLength(2);
});

describe('any events in any loads', () => {
  const letters = (all: string) => fc.constantFrom(...all);
  const someEvent = fc.record({
    name: fc.constantFrom('identify', 'identify', 'page_viewed', 'alias', 'group'),
    second: fc.nat(9),
    user: fc.option(letters('uvw'), { nil: undefined }),
    visitor: fc.option(letters('abu'), { nil: undefined }),
    previous: letters('abu'),
    trait: fc.nat(99),
  });
  /** Events, and where each of them goes and how often it is sent: a load for each sending. */
  const deliveries = fc.array(
    fc.record({ what: someEvent, loads: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }), order: fc.nat() }),
    { minLength: 1, maxLength: 25 },
  );

  it('make the users and aliases that the events, taken together, say', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async (given) => {
        await run(redshift, ...['events', 'users', 'user_aliases'].map((table) => `DELETE FROM millrace.${table}`));
        const events = given.map(({ what, ...sent }, at) => ({
          ...what,
          ...sent,
          id: `e${(sent.order + at) % 7}-${at}`,
        }));
        const sendings = events.flatMap((one) => one.loads.map((into, at) => ({ into, row: toRow(one, at) })));
        for (const into of [0, 1, 2]) {
          const rows = sendings.filter((sending) => sending.into === into).map(({ row }) => row);
          if (rows.length > 0) await load(...rows);
        }
        expect(await usersOf()).toEqual(expectedUsers(events));
        expect(await aliasesOf()).toEqual(expectedAliases(events));
      }),
      { numRuns: 25 },
    );
  });

  type Sent = typeof someEvent extends fc.Arbitrary<infer Event> ? Event & { readonly id: string } : never;

  /** The same event, received later each time that it was sent. */
  const toRow = ({ id, name, second, user, visitor, ...rest }: Sent, sending: number): Row =>
    event(id, 20 + sending, {
      ...said(second),
      event_name: name,
      user_id: user,
      anonymous_id: visitor,
      properties: name === 'alias' ? { previous_id: rest.previous } : { trait: rest.trait },
    });

  const expectedUsers = (events: readonly Sent[]): unknown[] =>
    ['u', 'v', 'w'].flatMap((user) => {
      const own = events.filter((one) => one.user === user);
      if (own.length === 0) return [];
      const seconds = own.map(({ second }) => second);
      const last = own
        .filter(({ name }) => name === 'identify')
        .sort((one, other) => one.second - other.second || (one.id < other.id ? -1 : 1))
        .at(-1);
      const traits = last === undefined ? [null, null, null] : [`{"trait":${last.trait}}`, at(last.second), last.id];
      return [[user, ...traits, at(Math.min(...seconds)), at(Math.max(...seconds))]];
    });

  const expectedAliases = (events: readonly Sent[]): unknown[] =>
    ['a', 'b', 'u'].flatMap((before) =>
      ['u', 'v', 'w'].flatMap((user) => {
        const joins = events.filter(
          (one) =>
            one.user === user &&
            before !== user &&
            (one.visitor === before || (one.name === 'alias' && one.previous === before)),
        );
        return joins.length === 0 ? [] : [[before, user, at(Math.min(...joins.map(({ second }) => second)))]];
      }),
    );
});
