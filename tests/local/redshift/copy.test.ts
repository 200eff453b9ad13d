import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Redshift } from '#local/redshift/redshift.ts';
import { createTestLake, openRedshift, role, rowsOf, run, transact } from './support.ts';

const lake = createTestLake();
let redshift: Redshift;
beforeAll(async () => {
  redshift = await openRedshift(lake);
  await run(redshift, 'CREATE SCHEMA millrace');
});
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

let made = 0;
const table = async (columns: string): Promise<string> => {
  made += 1;
  await run(redshift, `CREATE TABLE millrace.t${made} (${columns})`);
  return `millrace.t${made}`;
};
const copy = (target: string, keys: readonly string[], options = ''): string =>
  `COPY ${target} FROM '${lake.manifest(keys)}' IAM_ROLE '${role}' FORMAT JSON 'auto' GZIP MANIFEST TIMEFORMAT 'auto' ${options}`;

/** Loads lines from one object; the rows that came of it. */
const load = async (columns: string, lines: readonly string[], options = ''): Promise<unknown[][]> => {
  const target = await table(columns);
  lake.lines(target, lines);
  await run(redshift, copy(target, [target], options));
  return rowsOf(redshift, `SELECT * FROM ${target}`);
};

/** Why lines are refused, as SYS_LOAD_ERROR_DETAIL tells. */
const refusal = async (columns: string, lines: readonly string[], options = ''): Promise<unknown[]> => {
  const target = await table(columns);
  lake.lines(target, lines);
  const failed = await transact(redshift, copy(target, [target], options));
  const name = target.replace('millrace.', '');
  expect(failed.error).toBe(
    `Query #1 failed with ERROR: Load into table '${name}' failed.  Check 'sys_load_error_detail' system table for details.`,
  );
  expect(await rowsOf(redshift, `SELECT COUNT(*) FROM ${target}`)).toEqual([[0]]);
  const [row = []] = await rowsOf(
    redshift,
    `SELECT line_number, TRIM(column_name), TRIM(column_type), TRIM(column_length), error_code, TRIM(error_message) FROM sys_load_error_detail WHERE TRIM(file_name) = 's3://lake/${target}'`,
  );
  return row;
};

describe('COPY of JSON lines', () => {
  it('matches lower-case keys, leaves out the unknown, loads NULL for the missing', async () => {
    expect(
      await load('a INTEGER, b VARCHAR(9), "userid" VARCHAR(9)', [
        '{"a":1,"b":"x","zzz":{"n":1}}',
        '{"A":2,"userId":"u"}',
        '{"b":null,"a":3}',
      ]),
    ).toEqual([
      [1, 'x', null],
      [null, null, null],
      [3, null, null],
    ]);
  });

  it('gives columns outside the list their default, and those inside NULL', async () => {
    const target = await table("a INTEGER, b VARCHAR(9) DEFAULT 'none', at TIMESTAMP DEFAULT SYSDATE");
    lake.lines('defaults', ['{"a":1,"b":"given"}', '{"a":2}']);
    await run(redshift, copy(`${target} (a)`, ['defaults']), copy(`${target} (a, b)`, ['defaults']));
    expect(await rowsOf(redshift, `SELECT a, b, at FROM ${target} ORDER BY b, a`)).toEqual([
      [1, 'given', '2026-11-22 10:00:00'],
      [1, 'none', '2026-11-22 10:00:00'],
      [2, 'none', '2026-11-22 10:00:00'],
      [2, null, '2026-11-22 10:00:00'],
    ]);
  });

  it('keeps SUPER values as they stand: big integers, long decimals, spaces and escapes make no difference to the value', async () => {
    const exact =
      '{"big":9007199254740993,"huge":123456789012345678901234567890,"long":0.1000000000000000055511151231257827,"money":123456789012345678.1234,"float":1.5,"e":1e400}';
    const target = await table('id INTEGER, v SUPER');
    lake.lines(target, [
      `{"id":1,"v":${exact}}`,
      `{"id":2, "v": {"a" : [1.10, "\\u00e9\\/"], "n":null}}`,
      '{"id":3,"v":"text"}',
      '{"id":4,"v":[]}',
      '{"id":5,"v":null}',
      '{"id":6,"v":-0.0}',
    ]);
    await run(redshift, copy(target, [target]));
    expect(await rowsOf(redshift, `SELECT v FROM ${target} ORDER BY id`)).toEqual([
      [exact],
      ['{"a":[1.10,"é/"],"n":null}'],
      ['"text"'],
      ['[]'],
      [null],
      ['-0.0'],
    ]);
    expect(
      await rowsOf(redshift, `SELECT v.big::bigint, v.a[1]::varchar FROM ${target} WHERE id < 3 ORDER BY id`),
    ).toEqual([
      ['9007199254740993', null],
      [null, 'é/'],
    ]);
  });

  it('puts objects into text columns as JSON text, and numbers and booleans as they are written', async () => {
    expect(
      await load('a VARCHAR(40), b VARCHAR(9)', ['{"a":{"x":[1.10]},"b":1.50}', '{"a":true,"b":12345678}']),
    ).toEqual([
      ['{"x":[1.10]}', '1.50'],
      ['true', '12345678'],
    ]);
  });

  it('reads times with Z, an offset, a blank, no time at all, and the forms of other countries', async () => {
    expect(
      await load('at TIMESTAMP, zoned TIMESTAMPTZ, day DATE', [
        '{"at":"2026-11-22T10:00:00.123Z","zoned":"2026-11-22T10:00:00+02:00","day":"2026-11-22"}',
        '{"at":"2026-11-22 10:00","zoned":"2026-11-22","day":"2026-11-22T23:59:59Z"}',
        '{"at":"11/22/2026 10:00:00","zoned":null,"day":"20261122"}',
        '{"at":"2026-11-22T10:00:00.123456+05:00"}',
        '{"at":""}',
      ]),
    ).toEqual([
      ['2026-11-22 10:00:00.123', '2026-11-22 08:00:00+00', '2026-11-22'],
      ['2026-11-22 10:00:00', '2026-11-22 00:00:00+00', '2026-11-22'],
      ['2026-11-22 10:00:00', null, '2026-11-22'],
      ['2026-11-22 10:00:00.123456', null, null],
      [null, null, null],
    ]);
    const target = await table('at TIMESTAMP');
    lake.lines(target, ['{"at":1795341600123}']);
    await run(redshift, copy(target, [target]).replace("TIMEFORMAT 'auto'", "TIMEFORMAT 'epochmillisecs'"));
    expect(await rowsOf(redshift, `SELECT * FROM ${target}`)).toEqual([['2026-11-22 10:00:00.123']]);
  });

  it('cuts decimals to their scale, rounds them with ROUNDEC, and takes numbers from strings', async () => {
    const lines = ['{"d":1.23999}', '{"d":"-1.23999"}', '{"d":"12e-1"}', '{"d":7}'];
    expect((await load('d DECIMAL(6,2)', lines)).flat().sort()).toEqual(['-1.23', '1.20', '1.23', '7.00']);
    expect((await load('d DECIMAL(6,2)', lines, 'ROUNDEC')).flat().sort()).toEqual(['-1.24', '1.20', '1.24', '7.00']);
    expect(await load('i BIGINT, s SMALLINT', ['{"i":"9223372036854775807","s":-32768}', '{"i":"+5"}'])).toEqual([
      ['9223372036854775807', -32768],
      [5, null],
    ]);
    expect(await load('f DOUBLE PRECISION, r REAL', ['{"f":1.5e300,"r":"0.5"}'])).toEqual([[1.5e300, 0.5]]);
  });

  it('reads the words that Redshift takes for truth', async () => {
    const words = ['true', 't', 'yes', 'Y', '1', 'false', 'f', 'no', 'N', '0'];
    const loaded = await load('b BOOLEAN', [
      '{"b":true}',
      '{"b":false}',
      '{"b":1}',
      ...words.map((word) => `{"b":"${word}"}`),
    ]);
    expect(loaded.flat()).toEqual(expect.arrayContaining([true, false]));
    expect(loaded.flat().filter((each) => each === true)).toHaveLength(7);
  });

  it('counts text in bytes: what fits to the last byte goes in, one byte more is refused', async () => {
    expect(await load('v VARCHAR(4)', ['{"v":"éé"}', '{"v":"€a"}', '{"v":"😀"}', '{"v":""}'])).toEqual([
      ['éé'],
      ['€a'],
      ['😀'],
      [''],
    ]);
    expect(await refusal('v VARCHAR(4)', ['{"v":"éé"}', '{"v":"€aa"}'])).toEqual([
      2,
      'v',
      'varchar',
      '4',
      1204,
      'String length exceeds DDL length',
    ]);
    expect(await load('v VARCHAR(4)', ['{"v":"€aa"}', '{"v":"aa€"}'], 'TRUNCATECOLUMNS')).toEqual([['€a'], ['aa']]);
  });

  it('loads nothing from an empty file, an empty gzip stream or blank lines', async () => {
    const target = await table('a INTEGER');
    lake.put('empty', new Uint8Array());
    lake.put('emptygz', gzipSync(''));
    lake.lines('blank', ['', '{"a":1}', '  ', '']);
    await run(redshift, copy(target, ['empty', 'emptygz', 'blank']));
    expect(await rowsOf(redshift, `SELECT * FROM ${target}`)).toEqual([[1]]);
  });

  it('takes objects that share a line or spread over lines', async () => {
    expect(await load('a INTEGER, v SUPER', ['{"a":1}{"a":2} {"a":3}', '{', '"a":4,', '"v":{"x":"}{"}}'])).toEqual([
      [1, null],
      [2, null],
      [3, null],
      [4, '{"x":"}{"}'],
    ]);
    expect(await load('a INTEGER', ['{', '"a":1', '}', '{"a":2}'])).toEqual([[1], [2]]);
    const late = [1, 2, 3, 4, 5].map((n) => `{"a":${n}}`);
    expect((await load('a INTEGER', [...late, '{"a":6}{"a":7}'])).flat().sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('knows the other forms of JSON, and refuses what the laptop lacks', async () => {
    const target = await table('userid VARCHAR(9)');
    lake.lines('camel', ['{"userId":"u"}']);
    await run(redshift, copy(target, ['camel']).replace("'auto'", "'auto ignorecase'"));
    expect(await rowsOf(redshift, `SELECT * FROM ${target}`)).toEqual([['u']]);
    const whole = await table('body SUPER');
    await run(redshift, copy(whole, ['camel']).replace("'auto'", "'noshred'"));
    expect(await rowsOf(redshift, `SELECT * FROM ${whole}`)).toEqual([['{"userId":"u"}']]);
    const fails = async (from: string, to: string): Promise<string | undefined> =>
      (await transact(redshift, copy(target, ['camel']).replace(from, to))).error;
    expect(await fails("'auto'", "'s3://lake/paths.json'")).toContain('only');
    expect(await fails('GZIP', "GZIP DELIMITER ','")).toContain('DELIMITER cannot be used with FORMAT JSON');
    expect(await fails('GZIP', 'GZIP GZIP')).toContain('conflicting or redundant options: GZIP');
    expect(await fails('GZIP', 'GZIP MAXERROR 5')).toContain('MAXERROR above 0');
    expect(await fails('GZIP', 'GZIP ACCEPTINVCHARS')).toContain("does not know COPY's ACCEPTINVCHARS");
    expect(await fails('GZIP', 'ZSTD')).toContain("does not know COPY's ZSTD");
    expect(await fails('GZIP', 'GZIP FOO')).toContain('syntax error at or near "foo"');
    expect(await fails(`IAM_ROLE '${role}'`, '')).toContain('IAM_ROLE is missing');
    expect(await fails(role, 'nonsense')).toContain('invalid IAM role ARN');
    expect(await fails('FROM', '(nope) FROM')).toContain('column "nope" of relation');
  });
});

describe('COPY and its files', () => {
  it('fails for a missing manifest or a mandatory file, and passes over a missing one that is not', async () => {
    const target = await table('a INTEGER');
    lake.lines('there', ['{"a":1}']);
    const text = copy(target, ['there', 'gone']);
    expect((await transact(redshift, text)).error).toContain(
      'Mandatory url is not present in manifest file.\n  Detail: s3://lake/gone',
    );
    expect((await transact(redshift, text.replace('manifests/', 'nothing/'))).error).toContain(
      'The specified key does not exist',
    );
    const optional = lake.manifest(['there', 'gone'], false);
    await run(redshift, text.replace(/'s3:[^']*'/, `'${optional}'`));
    expect(await rowsOf(redshift, `SELECT * FROM ${target}`)).toEqual([[1]]);
    expect(
      (await transact(redshift, text.replace(/'s3:[^']*'/, `'${lake.manifest(['gone'], false)}'`))).error,
    ).toContain('No files found');
  });

  it('takes a prefix where there is no manifest, and plain files where there is no GZIP', async () => {
    const target = await table('a INTEGER');
    lake.put('prefix/1.json', '{"a":1}\n');
    lake.put('prefix/2.json', '{"a":2}');
    await run(redshift, `COPY ${target} FROM 's3://lake/prefix/' IAM_ROLE default JSON 'auto'`);
    expect(await rowsOf(redshift, `SELECT a FROM ${target} ORDER BY a`)).toEqual([[1], [2]]);
    expect(
      (await transact(redshift, `COPY ${target} FROM 's3://lake/none/' IAM_ROLE default JSON 'auto'`)).error,
    ).toContain("The specified S3 prefix 'none/' does not exist");
  });

  it('names file, line and column of the first bad row, in the middle of the second of three files', async () => {
    const target = await table('id INTEGER NOT NULL, v VARCHAR(10), at TIMESTAMP');
    const good = (n: number): string => `{"id":${n},"v":"row ${n}","at":"2026-11-22T10:00:00.000Z"}`;
    const lines = (from: number): string[] => Array.from({ length: 3_000 }, (_, n) => good(from + n));
    lake.lines('many/1.json.gz', lines(0));
    lake.lines('many/2.json.gz', lines(3_000).with(1_499, '{"id":"12a4","v":"x"}').with(2_000, '{"id":null}'));
    lake.lines('many/3.json.gz', lines(6_000).with(5, 'garbage'));
    const before = await rowsOf(redshift, 'SELECT COUNT(*) FROM sys_load_error_detail');
    const failed = await transact(redshift, copy(target, ['many/1.json.gz', 'many/2.json.gz', 'many/3.json.gz']));
    expect(failed.status).toBe('FAILED');
    expect(await rowsOf(redshift, 'SELECT COUNT(*) FROM sys_load_error_detail')).toEqual([
      [Number(before[0]?.[0]) + 1],
    ]);
    expect(
      await rowsOf(
        redshift,
        "SELECT TRIM(file_name), line_number, TRIM(column_name), error_code, TRIM(error_message), TRIM(database_name), start_time FROM sys_load_error_detail WHERE file_name LIKE 's3://lake/many/%'",
      ),
    ).toEqual([
      [
        's3://lake/many/2.json.gz',
        1500,
        'id',
        1207,
        "Invalid digit, Value 'a', Pos 2, Type: Integer",
        'millrace',
        '2026-11-22 10:00:00',
      ],
    ]);
    expect(redshift.stats().lastError?.message).toContain('Load into table');
  });

  it('reports the last line of an object that spreads over lines', async () => {
    expect(await refusal('a INTEGER', ['{"a":1}', '{', '"a":"x"', '}'])).toEqual([
      4,
      'a',
      'int4',
      '',
      1207,
      "Invalid digit, Value 'x', Pos 0, Type: Integer",
    ]);
  });

  it('takes lines that end in CRLF, and refuses an object of more than 4 MB', async () => {
    const target = await table('a INTEGER, v SUPER');
    lake.put('crlf', gzipSync('{"a":1}\r\n{"a":2}\r\n'));
    await run(redshift, copy(target, ['crlf']));
    expect((await rowsOf(redshift, `SELECT a FROM ${target} ORDER BY a`)).flat()).toEqual([1, 2]);
    const long = Array.from({ length: 70 }, () => 'x'.repeat(60_000));
    lake.lines('long', ['{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}', { a: 5, v: long }]);
    expect((await transact(redshift, copy(target, ['long']))).status).toBe('FAILED');
    expect(
      await rowsOf(
        redshift,
        "SELECT line_number, error_code FROM sys_load_error_detail WHERE TRIM(file_name) = 's3://lake/long'",
      ),
    ).toEqual([[5, 1216]]);
  });

  it('loads through a path with characters that DuckDB takes for a pattern', async () => {
    const target = await table('a INTEGER');
    lake.lines("landed/it's a [key]*?.json.gz", ['{"a":1}']);
    await run(redshift, copy(target, ["landed/it's a [key]*?.json.gz"]));
    expect(await rowsOf(redshift, `SELECT * FROM ${target}`)).toEqual([[1]]);
  });
});

describe('rows that COPY refuses', () => {
  it.each<[string, string, string, unknown[]]>([
    [
      'a missing value of a NOT NULL column',
      'a INTEGER NOT NULL',
      '{"b":1}',
      [2, 'a', 'int4', '', 1213, 'Missing data for not-null field'],
    ],
    [
      'a fraction in an integer',
      'a INTEGER',
      '{"a":1.5}',
      [2, 'a', 'int4', '', 1207, "Invalid digit, Value '.', Pos 1, Type: Integer"],
    ],
    [
      'an integer out of range',
      'a INTEGER',
      '{"a":2147483648}',
      [2, 'a', 'int4', '', 1204, 'Overflow for integer (2147483648)'],
    ],
    [
      'a bigint out of range',
      'a BIGINT',
      '{"a":9223372036854775808}',
      [2, 'a', 'int8', '', 1204, 'Overflow for bigint (9223372036854775808)'],
    ],
    [
      'a decimal out of range',
      'a DECIMAL(4,2)',
      '{"a":"123.4"}',
      [2, 'a', 'numeric', '4,2', 1204, 'Overflow for NUMERIC(4,2)'],
    ],
    [
      'text in a decimal',
      'a DECIMAL(4,2)',
      '{"a":"1,5"}',
      [2, 'a', 'numeric', '4,2', 1209, 'Invalid decimal format or value'],
    ],
    ['a word that is no truth', 'a BOOLEAN', '{"a":"maybe"}', [2, 'a', 'bool', '', 1210, 'Unknown boolean format']],
    [
      'a day that does not exist',
      'a TIMESTAMP',
      '{"a":"2026-02-30T10:00:00.000Z"}',
      [2, 'a', 'timestamp', '', 1206, 'Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]'],
    ],
    [
      'an epoch where text is read',
      'a TIMESTAMP',
      '{"a":1795341600123}',
      [2, 'a', 'timestamp', '', 1206, 'Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]'],
    ],
    [
      'a NUL in text',
      'a VARCHAR(9)',
      '{"a":"x\\u0000y"}',
      [
        2,
        'a',
        'varchar',
        '9',
        1220,
        'String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: 00 (error 4)',
      ],
    ],
    [
      'a NUL inside SUPER',
      'a SUPER',
      '{"a":{"k":"x\\u0000"}}',
      [
        2,
        'a',
        'super',
        '',
        1220,
        'String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: 00 (error 4)',
      ],
    ],
    [
      'half a surrogate pair',
      'a VARCHAR(9)',
      '{"a":"\\ud800"}',
      [
        2,
        'a',
        'varchar',
        '9',
        1220,
        'String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ed (error 4)',
      ],
    ],
    [
      'too long a string inside SUPER',
      'a SUPER',
      `{"a":["${'x'.repeat(65_536)}"]}`,
      [2, 'a', 'super', '', 1204, 'String value exceeds the max size of 65535 bytes'],
    ],
  ])('%s', async (_, columns, line, expected) => {
    const first = columns.includes('NOT NULL') ? '{"a":1}' : '{"z":1}';
    expect(await refusal(columns, [first, line])).toEqual(expected);
  });

  it.each([
    ['a trailing comma', '{"a":1,}'],
    ['a trailing comma inside', '{"a":{"b":[1,]}}'],
    ['NaN', '{"a":NaN}'],
    ['an unfinished object', '{"a":1'],
    ['an array', '[{"a":1}]'],
    ['a number', '5'],
    ['a comma between objects', '{"a":1},{"a":2}'],
    ['text after an object', '{"a":1} x'],
    ['single quotes', "{'a':1}"],
    ['a control character', '{"a":"x\ty"}'],
  ])('%s is no JSON', async (_, line) => {
    const [lineNumber, , , , code, message] = await refusal('a SUPER', ['{"a":1}', line]);
    expect([lineNumber, code]).toEqual([2, 1216]);
    expect(message).toMatch(/^Invalid JSON: /);
  });

  it('bytes that are no UTF-8, and a file that is no gzip stream', async () => {
    const target = await table('a VARCHAR(9)');
    lake.put(
      'utf8',
      gzipSync(Buffer.concat([Buffer.from('{"a":"ok"}\n{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n')])),
    );
    lake.put('nogzip', '{"a":"plain"}\n');
    lake.put('cut', gzipSync('{"a":"x"}\n'.repeat(1_000)).subarray(0, 40));
    for (const key of ['utf8', 'nogzip', 'cut'])
      expect((await transact(redshift, copy(target, [key]))).status).toBe('FAILED');
    expect(
      await rowsOf(
        redshift,
        "SELECT TRIM(file_name), line_number, error_code FROM sys_load_error_detail WHERE TRIM(file_name) IN ('s3://lake/utf8', 's3://lake/nogzip')",
      ),
    ).toEqual([
      ['s3://lake/utf8', 2, 1220],
      ['s3://lake/nogzip', 1, 1216],
    ]);
  });
});
