-- How many events were rejected for which reason, how many of them were loaded since (a replay's rows have the same id and time), and how large they are.
SELECT
  rejected.reason,
  COUNT(*) AS events,
  COUNT(loaded.event_id) AS loaded,
  COALESCE(SUM(CASE WHEN loaded.event_id IS NULL THEN JSON_SIZE(rejected.original) END), 0) AS bytes,
  MIN(CASE WHEN loaded.event_id IS NULL THEN rejected.received_at END) AS oldest,
  MAX(CASE WHEN loaded.event_id IS NULL THEN rejected.received_at END) AS newest
FROM millrace.rejected_events AS rejected
LEFT JOIN millrace.events AS loaded
  ON loaded.event_id = rejected.event_id
  AND loaded.received_at = rejected.received_at
WHERE rejected.received_at >= '{{since}}'
  AND rejected.received_at < '{{before}}'
  AND rejected.reason LIKE '{{reason}}'
GROUP BY rejected.reason
ORDER BY rejected.reason
