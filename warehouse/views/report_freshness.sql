-- Grain: one row. loaded_to is the newest received_at in the tables, last_load the time of the last commit; every event accepted up to
-- complete_to is accounted for, as it was found at checked_at.
CREATE OR REPLACE VIEW millrace.report_freshness AS
SELECT
  loads.loaded_to,
  loads.last_load,
  loads.loads,
  loads.objects,
  loads.events,
  loads.duplicates,
  loads.rejected,
  checked.complete_to,
  checked.checked_at
FROM (
  SELECT
    MAX(newest_received_at) AS loaded_to,
    MAX(finished_at) AS last_load,
    COUNT(*) AS loads,
    COALESCE(SUM(object_count), 0) AS objects,
    COALESCE(SUM(rows_loaded), 0) AS events,
    COALESCE(SUM(rows_duplicate), 0) AS duplicates,
    COALESCE(SUM(rows_rejected), 0) AS rejected
  FROM millrace.loads
) AS loads
LEFT JOIN millrace.complete_to AS checked ON TRUE
WITH NO SCHEMA BINDING
