-- Grain: one row. loaded_to is the newest received_at in the tables; last_load the time of the last commit.
CREATE OR REPLACE VIEW millrace.report_freshness AS
SELECT
  MAX(newest_received_at) AS loaded_to,
  MAX(finished_at) AS last_load,
  COUNT(*) AS loads,
  COALESCE(SUM(object_count), 0) AS objects,
  COALESCE(SUM(rows_loaded), 0) AS events,
  COALESCE(SUM(rows_duplicate), 0) AS duplicates,
  COALESCE(SUM(rows_rejected), 0) AS rejected
FROM millrace.loads
WITH NO SCHEMA BINDING
