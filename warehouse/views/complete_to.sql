-- Grain: one row, none before the first check. Every event that was accepted up to complete_to is accounted for: loaded, a duplicate,
-- rejected or dropped. What is missing for more than a day no longer holds it back: report_gaps and
-- report_conservation have what numbers show of it, reconciliations what was found at the time.
CREATE OR REPLACE VIEW millrace.complete_to AS
SELECT
  complete_to,
  checked_at,
  envelopes_missing,
  events_missing,
  objects_unloaded,
  failed_records
FROM millrace.reconciliations
ORDER BY checked_at DESC
LIMIT 1
WITH NO SCHEMA BINDING
