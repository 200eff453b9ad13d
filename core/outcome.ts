/** Why an event was refused. The same word is the column value, the metric and the dashboard's legend. */
const rejectReasons = {
  empty: 'the record holds nothing',
  not_utf8: 'the record is not UTF-8 text',
  not_json: 'the record is not JSON',
  not_object: 'the event is not a JSON object',
  bad_envelope: 'the record says it is an envelope but is not one',
  missing_name: 'the event has no name',
  invalid_name: 'the name is not a text that can be a name',
  invalid_id: 'an id is neither text nor a number',
  invalid_time: 'a time could not be read',
  time_out_of_range: 'the time is impossible',
  invalid_field: 'a known field has the wrong type',
  invalid_text: 'a text holds NUL or half a surrogate pair, which Redshift cannot store',
  invalid_number: 'a number is too large for Redshift',
  too_long: 'a text is longer than its column',
  too_deep: 'values are nested too deeply',
} as const;

export type RejectReason = keyof typeof rejectReasons;

/** The closed list, for those who let people choose of it. */
export const rejectReasonNames: readonly string[] = Object.keys(rejectReasons);

/** What is wrong with an event, as data: never an exception. `detail` names no personal data, only sizes, types and limits. */
export interface Rejection {
  readonly reason: RejectReason;
  readonly field?: string;
  readonly detail: string;
}

export const reject = (reason: RejectReason, field: string | undefined, detail: string): Rejection =>
  field === undefined ? { reason, detail } : { reason, field, detail };
