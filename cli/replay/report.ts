/** What a replay found and did. `failed` or `rejected` say what it was about; counts are of records or of events. */
export interface Report {
  readonly replayed: 'failed' | 'rejected';
  readonly dry_run: boolean;
  /** That match, whether or not they are put. */
  found: number;
  /** Put onto the stream; with --dry-run: that would be. */
  put: number;
  /** Left alone: put back before, or loaded since. */
  skipped: number;
  /** Refused by the stream. */
  failed: number;
  /** Lines of failed objects that hold no record. */
  unreadable: number;
  /** Put without an id that they keep: what is rejected again is another row. */
  unidentified: number;
  bytes: number;
  /** Of what is put: how many by error code or reason. */
  by: Record<string, number>;
  oldest: string | null;
  newest: string | null;
  interrupted: boolean;
  /** Under which the envelopes of rejected events are counted. */
  producer: string | null;
  /** Code of the stream's last refusal. */
  error: string | null;
}

export const emptyReport = (replayed: Report['replayed'], isDry: boolean): Report => ({
  replayed,
  dry_run: isDry,
  found: 0,
  put: 0,
  skipped: 0,
  failed: 0,
  unreadable: 0,
  unidentified: 0,
  bytes: 0,
  by: {},
  oldest: null,
  newest: null,
  interrupted: false,
  producer: null,
  error: null,
});

export const countBy = (report: Report, word: string, count = 1): void => {
  report.by[word] = (report.by[word] ?? 0) + count;
};

/** Widens `oldest` and `newest`; ISO times, which sort as text. */
export const countTime = (report: Report, iso: string): void => {
  if (report.oldest === null || iso < report.oldest) report.oldest = iso;
  if (report.newest === null || iso > report.newest) report.newest = iso;
};
