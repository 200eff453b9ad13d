/** Why a row was refused; `code` as in "Load error reference", Amazon Redshift Database Developer Guide. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly column?: { readonly name: string; readonly type: string; readonly length: string };
  /** Where in the value, counted from 0. */
  readonly position?: number;
}

/** A refusal and the line it stands on: for JSON, the last line of the object. */
export interface LoadError extends Refusal {
  readonly file: string;
  readonly line: number;
}

/** The COPY failed for its data: the statement's error says where to look, the rows of SYS_LOAD_ERROR_DETAIL say why. */
export class LoadFailure extends Error {
  readonly table: string;
  readonly error: LoadError;

  constructor(table: string, error: LoadError) {
    super(`Load into table '${table}' failed.  Check 'sys_load_error_detail' system table for details.`);
    this.table = table;
    this.error = error;
  }
}

export const codes = {
  outOfRange: 1204,
  date: 1205,
  timestamp: 1206,
  digit: 1207,
  float: 1208,
  decimal: 1209,
  boolean: 1210,
  missing: 1213,
  invalidLine: 1216,
  utf8: 1220,
} as const;
