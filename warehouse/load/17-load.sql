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
  fresh.row_count,
  staged.event_count - fresh.row_count + staged.rejected_count - refused.row_count,
  refused.row_count,
  staged.oldest,
  staged.newest,
  DATE_TRUNC('second', SYSDATE),
  GETDATE()
FROM (
  SELECT
    COUNT(*) AS row_count,
    COUNT(CASE WHEN kind = 'event' THEN 1 END) AS event_count,
    COUNT(CASE WHEN kind = 'rejected' THEN 1 END) AS rejected_count,
    MIN(received_at) AS oldest,
    MAX(received_at) AS newest
  FROM staging
) AS staged
CROSS JOIN (
  SELECT COUNT(*) AS row_count FROM millrace.events
  WHERE load_id = '{{load_id}}'
    AND received_at >= (SELECT earliest FROM batch_bounds)
    AND received_at <= (SELECT latest FROM batch_bounds)
) AS fresh
CROSS JOIN (
  SELECT COUNT(*) AS row_count FROM millrace.rejected_events
  WHERE load_id = '{{load_id}}'
    AND received_at >= (SELECT earliest FROM batch_bounds)
    AND received_at <= (SELECT latest FROM batch_bounds)
) AS refused
