-- SYSDATE is the start of the transaction, so started_at counts the wait for the lock; whole seconds, as GETDATE() gives for the end.
INSERT INTO millrace.loads (
  load_id, object_count, bytes, rows_staged, rows_loaded, rows_duplicate, rows_rejected,
  oldest_received_at, newest_received_at, started_at, finished_at
)
SELECT
  '{{load_id}}',
  {{object_count}},
  {{bytes}},
  staged.row_count,
  counted.loaded,
  counted.staged - counted.loaded - counted.rejected,
  counted.rejected,
  staged.oldest,
  staged.newest,
  DATE_TRUNC('second', SYSDATE),
  GETDATE()
FROM (
  SELECT COUNT(*) AS row_count, MIN(received_at) AS oldest, MAX(received_at) AS newest FROM staging
) AS staged
CROSS JOIN (
  SELECT
    COALESCE(SUM(staged), 0) AS staged,
    COALESCE(SUM(loaded), 0) AS loaded,
    COALESCE(SUM(rejected), 0) AS rejected
  FROM outcomes
) AS counted
