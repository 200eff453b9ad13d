import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { execute, type Place, type PlaceOf, prepare, query } from './place.ts';

interface LoadRule {
  readonly rule: string;
  readonly columns: string;
  readonly lines: readonly string[];
  readonly options?: string;
  /** What is read back, in the order of the first column. */
  readonly read: string;
  readonly rows: readonly (readonly unknown[])[];
}

/** Each rule with the page of the Amazon Redshift Database Developer Guide that has it. */
const loads: readonly LoadRule[] = [
  {
    rule: 'JSON auto: first-level keys are matched as they are written, others ignored, missing ones NULL ("COPY from JSON format")',
    columns: 'id INTEGER, userid VARCHAR(9) DEFAULT 0',
    lines: ['{"id":1,"userid":"a","more":{"x":1}}', '{"id":2,"userId":"b"}', '{"id":3}'],
    read: 'id, userid',
    rows: [
      [1, 'a'],
      [2, null],
      [3, null],
    ],
  },
  {
    rule: 'JSON auto ignorecase: keys of any case ("COPY from JSON format")',
    columns: 'id INTEGER, userid VARCHAR(9)',
    lines: ['{"ID":1,"userId":"a"}'],
    options: "JSON 'auto ignorecase'",
    read: 'id, userid',
    rows: [[1, 'a']],
  },
  {
    rule: 'objects and arrays go into SUPER as they are, into VARCHAR as text ("Loading semistructured data")',
    columns: 'id INTEGER, s SUPER, v VARCHAR(40)',
    lines: ['{"id":1,"s":{"a":[1,{"b":null}]},"v":{"a":[1]}}', '{"id":2,"s":"text","v":"text"}'],
    read: 'id, JSON_SERIALIZE(s), v',
    rows: [
      [1, '{"a":[1,{"b":null}]}', '{"a":[1]}'],
      [2, '"text"', 'text'],
    ],
  },
  {
    rule: "TIMEFORMAT 'auto': ISO 8601 with milliseconds ('Using automatic recognition')",
    columns: 'id INTEGER, at TIMESTAMP, day DATE',
    lines: [
      '{"id":1,"at":"2026-11-22T10:00:00.123Z","day":"2026-11-22"}',
      '{"id":2,"at":"2026-11-22 10:00:00","day":null}',
    ],
    read: 'id, CAST(at AS VARCHAR), CAST(day AS VARCHAR)',
    rows: [
      [1, expect.stringMatching(/^2026-11-22 10:00:00\.123(000)?$/), '2026-11-22'],
      [2, '2026-11-22 10:00:00', null],
    ],
  },
  {
    rule: "TIMEFORMAT 'epochmillisecs' ('DATEFORMAT and TIMEFORMAT strings')",
    columns: 'id INTEGER, at TIMESTAMP',
    lines: ['{"id":1,"at":1795341600123}'],
    options: "TIMEFORMAT 'epochmillisecs'",
    read: 'id, CAST(at AS VARCHAR)',
    rows: [[1, expect.stringMatching(/^2026-11-22 10:00:00\.123(000)?$/)]],
  },
  {
    rule: 'DECIMAL: digits beyond the scale are cut ("Data conversion parameters", ROUNDEC)',
    columns: 'id INTEGER, amount DECIMAL(18,4)',
    lines: ['{"id":1,"amount":"1.99999"}', '{"id":2,"amount":"-0.12349"}', '{"id":3,"amount":12345678901234.5678}'],
    read: 'id, amount',
    rows: [
      [1, '1.9999'],
      [2, '-0.1234'],
      [3, '12345678901234.5678'],
    ],
  },
  {
    rule: 'DECIMAL with ROUNDEC: they are rounded ("Data conversion parameters")',
    columns: 'id INTEGER, amount DECIMAL(18,4)',
    lines: ['{"id":1,"amount":"1.99999"}'],
    options: 'ROUNDEC',
    read: 'id, amount',
    rows: [[1, '2.0000']],
  },
  {
    rule: 'VARCHAR counts bytes, and TRUNCATECOLUMNS cuts at a whole character ("Character types")',
    columns: 'id INTEGER, v VARCHAR(4)',
    lines: ['{"id":1,"v":"éé"}', '{"id":2,"v":"aééb"}'],
    options: 'TRUNCATECOLUMNS',
    read: 'id, v',
    rows: [
      [1, 'éé'],
      [2, 'aé'],
    ],
  },
  {
    rule: 'objects may share a line or spread over several ("COPY from JSON format")',
    columns: 'id INTEGER',
    lines: ['{"id":1} {"id":2}', '{', '"id"', ':3}', ''],
    read: 'id',
    rows: [[1], [2], [3]],
  },
  {
    rule: 'EMPTYASNULL and BLANKSASNULL make NULL of texts ("Data conversion parameters")',
    columns: 'id INTEGER, v VARCHAR(4)',
    lines: ['{"id":1,"v":""}', '{"id":2,"v":"  "}'],
    options: 'EMPTYASNULL BLANKSASNULL',
    read: 'id, v',
    rows: [
      [1, null],
      [2, null],
    ],
  },
];

interface Refusal {
  readonly rule: string;
  readonly columns: string;
  readonly lines: readonly (string | Buffer)[];
  readonly line: number;
  readonly column: string;
  /** "Load error reference", Amazon Redshift Database Developer Guide. */
  readonly code: number;
}

const refusals: readonly Refusal[] = [
  ['a text longer than its column in bytes', 'VARCHAR(4)', '"ééé"', 1204],
  ['a number out of range', 'SMALLINT', '32768', 1204],
  ['a word for a number', 'BIGINT', '"many"', 1207],
  ['a time that is none', 'TIMESTAMP', '"2026-13-01 00:00:00"', 1206],
  ['a decimal that is none', 'DECIMAL(18,4)', '"many"', 1209],
  ['a missing value of a NOT NULL column', 'INTEGER NOT NULL', 'null', 1213],
  ['a text with NUL', 'VARCHAR(9)', '"a\\u0000b"', 1220],
].map(([rule, type, value, code]) => ({
  ...{ rule: String(rule), columns: `id INTEGER, v ${type}`, lines: ['', `{"id":1,"v":${value}}`] },
  ...{ line: 2, column: 'v', code: Number(code) },
}));

/** COPY of JSON lines by a manifest. */
export const copyRules = (placeOf: PlaceOf): void => {
  let place: Place;
  beforeAll(() => {
    place = placeOf();
  });
  let made = 0;
  const table = async (columns: string): Promise<string> => {
    made += 1;
    const name = `${place.schema}.copy_${made}`;
    await prepare(place, `CREATE TABLE ${name} (${columns})`);
    return name;
  };
  const put = (lines: readonly (string | Buffer)[]): Promise<string> =>
    place.put(
      `${randomUUID()}.gz`,
      gzipSync(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]))),
    );
  const manifest = (urls: readonly string[], mandatory = true): Promise<string> =>
    place.put(`${randomUUID()}.manifest`, JSON.stringify({ entries: urls.map((url) => ({ url, mandatory })) }));
  const copy = (target: string, from: string, options = ''): string =>
    `COPY ${target} FROM '${from}' IAM_ROLE '${place.copyRole}' FORMAT ${options.startsWith('JSON') ? '' : "JSON 'auto' "}${options} GZIP MANIFEST COMPUPDATE OFF STATUPDATE OFF`;

  describe('COPY (Amazon Redshift Database Developer Guide)', () => {
    it.each(loads)('$rule', async ({ columns, lines, options, read, rows }) => {
      const target = await table(columns);
      const description = await execute(place, copy(target, await manifest([await put(lines)]), options));
      expect(description).toMatchObject({ Status: 'FINISHED' });
      expect(await query(place, `SELECT ${read} FROM ${target} ORDER BY 1`)).toEqual(rows);
    });

    it('columns outside its list get their default, those inside NULL ("COPY", column list)', async () => {
      const target = await table("id INTEGER, a VARCHAR(9) DEFAULT 'none', b VARCHAR(9) DEFAULT 'none'");
      await execute(place, copy(`${target} (id, a)`, await manifest([await put(['{"id":1,"b":"given"}'])])));
      expect(await query(place, `SELECT id, a, b FROM ${target}`)).toEqual([[1, null, 'none']]);
    });

    it.each(refusals)('refuses $rule, loads nothing and says where', async ({ columns, lines, line, column, code }) => {
      const target = await table(columns);
      const object = await put(lines);
      const description = await execute(place, copy(target, await manifest([object])));
      expect(description).toMatchObject({ Status: 'FAILED', Error: expect.stringMatching(/load_error/i) });
      expect(await query(place, `SELECT COUNT(*) FROM ${target}`)).toEqual([[0]]);
      const [row] = await query(
        place,
        `SELECT line_number, TRIM(column_name), error_code, TRIM(file_name) FROM sys_load_error_detail WHERE TRIM(file_name) = '${object}' ORDER BY start_time DESC LIMIT 1`,
      );
      expect(row).toEqual([line, column, code, object]);
    });

    it('refuses bytes that are no UTF-8 ("Multibyte character load errors")', async () => {
      const target = await table('v VARCHAR(9)');
      const line = Buffer.concat([Buffer.from('{"v":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
      expect(await execute(place, copy(target, await manifest([await put([line])])))).toMatchObject({
        Status: 'FAILED',
      });
    });

    it.each([
      ['an array', '[{"id":1}]'],
      ['a comma between objects', '{"id":1},{"id":2}'],
      ['no JSON', '{"id":'],
    ])('refuses %s where objects are wanted ("COPY from JSON format")', async (_, line) => {
      const target = await table('id INTEGER');
      expect(await execute(place, copy(target, await manifest([await put([line])])))).toMatchObject({
        Status: 'FAILED',
      });
    });

    it('fails for a mandatory file that is missing, passes over another ("Using a manifest to specify data files")', async () => {
      const target = await table('id INTEGER');
      const object = await put(['{"id":1}']);
      const urls = [object, `${object}.nowhere`];
      expect(await execute(place, copy(target, await manifest(urls, true)))).toMatchObject({ Status: 'FAILED' });
      expect(await execute(place, copy(target, await manifest(urls, false)))).toMatchObject({ Status: 'FINISHED' });
      expect(await execute(place, copy(target, await manifest(urls.slice(1), false)))).toMatchObject({
        Status: 'FAILED',
      });
      expect(await query(place, `SELECT COUNT(*) FROM ${target}`)).toEqual([[1]]);
    });

    it('is in SYS_LOAD_HISTORY, whether it went well or not ("SYS_LOAD_HISTORY")', async () => {
      const target = await table('id INTEGER');
      const good = await manifest([await put(['{"id":1}', '{"id":2}'])]);
      const bad = await manifest([await put(['{"id":"x"}'])]);
      const [{ RedshiftQueryId: id }] = [await execute(place, copy(target, good))];
      await execute(place, copy(target, bad));
      const rows = await query(
        place,
        `SELECT query_id, TRIM(table_name), TRIM(status), loaded_rows FROM sys_load_history WHERE TRIM(data_source) IN ('${good}', '${bad}') ORDER BY start_time, query_id`,
      );
      const name = target.replace(`${place.schema}.`, '');
      expect(rows).toEqual([
        [id, name, 'completed', 2],
        [expect.any(Number), name, 'failed', 0],
      ]);
    });

    it('has no memory of what it loaded, and loads a file as often as it is named', async () => {
      const target = await table('id INTEGER');
      const object = await put(['{"id":1}']);
      await execute(place, copy(target, await manifest([object, object])));
      await execute(place, copy(target, await manifest([object])));
      expect(await query(place, `SELECT COUNT(*) FROM ${target}`)).toEqual([[3]]);
    });
  });
};
