-- The age is how long the oldest row of the load was under way: null where there is no row.
SELECT
  rows_staged,
  rows_loaded,
  rows_duplicate,
  rows_rejected,
  DATEDIFF(second, oldest_received_at, finished_at) AS oldest_age
FROM millrace.loads
WHERE load_id = '{{load_id}}'
