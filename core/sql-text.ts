/** A statement with its `{{names}}` filled in. Throws for a name without a value. */
export const fillStatement = (sql: string, values: Readonly<Record<string, string>>): string =>
  sql.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for {{${name}}}`);
    return value;
  });

/**
 * Whether a text can stand in a statement: Redshift reads a backslash as an escape, and a control character hides what a
 * statement says.
 */
export const canStandInStatement = (text: string): boolean => !/[\\\p{Cc}]/u.test(text) && text.isWellFormed();

/** A text inside single quotes, doubled. Throws for what cannot stand in a statement: ask before. */
export const toQuoted = (text: string): string => {
  if (!canStandInStatement(text)) throw new Error('a text for a statement holds a backslash or a control character');
  return text.replaceAll("'", "''");
};

/** A text as a literal. */
export const toLiteral = (text: string): string => `'${toQuoted(text)}'`;
