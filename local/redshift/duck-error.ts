import { SqlError } from './error.ts';

const conflicts =
  /write-write conflict|Conflict on|Transaction conflict|has been altered|Cannot .* another transaction/i;

/** Whether another transaction changed the same rows first. */
export const isConflict = (error: unknown): boolean => error instanceof Error && conflicts.test(error.message);

/** DuckDB's message and Redshift's for the same fault. */
const translations: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/Could not convert string '(.*)' to INT/s, (match) => `invalid input syntax for integer: "${match[1]}"`],
  [/Could not convert string '(.*)' to BOOL/s, (match) => `invalid input syntax for type boolean: "${match[1]}"`],
  [
    /Could not convert string '(.*)' to (?:DOUBLE|FLOAT)/s,
    (match) => `invalid input syntax for type double precision: "${match[1]}"`,
  ],
  [/Could not convert string "(.*)" to DECIMAL/s, (match) => `invalid input syntax for type numeric: "${match[1]}"`],
  [
    /invalid (timestamp|date) field format: "(.*?)"/s,
    (match) => `invalid input syntax for type ${match[1]}: "${match[2]}"`,
  ],
  [
    /(timestamp|date) field value out of range: "(.*?)"/s,
    (match) => `date/time field value out of range: "${match[2]}"`,
  ],
  [
    /Casting value .* to type DECIMAL.* failed|Could not cast value .* to DECIMAL/,
    () => 'Numeric data overflow (result precision)',
  ],
  [
    /Overflow in|out of range for the destination type|OUT_OF_RANGE|Out of Range Error/i,
    () => 'Numeric data overflow (result precision)',
  ],
  [/NOT NULL constraint failed: \S*?\.?([^.\s]+)$/m, (match) => `Cannot insert a NULL value into column ${match[1]}`],
  [
    /must appear in the GROUP BY clause/,
    (match) =>
      `${/column "[^"]*"/.exec(match.input)?.[0] ?? 'column'} must appear in the GROUP BY clause or be used in an aggregate function`,
  ],
  [
    conflicts,
    () =>
      '1023\n  Detail: Serializable isolation violation on a table that another transaction changed and committed first',
  ],
  [/aggregates? (?:are|is) not allowed|cannot contain aggregates/i, () => 'aggregates not allowed in WHERE clause'],
  [/Out of Memory Error/, () => "the laptop's warehouse is out of memory for this statement"],
];

/** An error of DuckDB as Redshift would word it; one that has no Redshift form keeps DuckDB's first line. */
export const toSqlError = (error: unknown): SqlError => {
  if (error instanceof SqlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  for (const [pattern, toText] of translations) {
    const match = pattern.exec(message);
    if (match !== null) return new SqlError(toText(match), { cause: error });
  }
  const [line = message] = message.split('\n');
  return new SqlError(line.replace(/^(?:[A-Z]\w+ )+Error: /, ''), { cause: error });
};

/** Whether DuckDB stopped because `interrupt` told it to. */
export const isInterrupted = (error: unknown): boolean =>
  error instanceof Error && /INTERRUPT Error|Interrupted/i.test(error.message);
