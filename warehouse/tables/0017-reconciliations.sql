-- One row per run of the reconciler that had something to look at.
CREATE TABLE IF NOT EXISTS millrace.reconciliations (
  checked_at TIMESTAMP NOT NULL,
  complete_to TIMESTAMP NOT NULL,
  objects_landed BIGINT NOT NULL,
  objects_unloaded BIGINT NOT NULL,
  objects_requeued BIGINT NOT NULL,
  envelopes_missing BIGINT NOT NULL,
  events_missing BIGINT NOT NULL,
  failed_records BIGINT NOT NULL
)
DISTSTYLE AUTO
SORTKEY (checked_at)
