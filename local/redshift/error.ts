/** A statement that Redshift would refuse or fail: the Data API reports it as the statement's `Error`, never as an HTTP error. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
}

/** What the laptop's warehouse was not taught; the message names it, so that nobody takes it for Redshift's own refusal. */
export const unknownHere = (what: string): SqlError => new SqlError(`the laptop's warehouse does not know ${what}`);
