-- The next rejected events that are not loaded, in the order in which they came, each with the beginning of its original: a row of the Data API holds 64 KB.
SELECT
  rejected.event_id,
  SHA2(rejected.event_id, 256) AS name,
  rejected.received_at,
  rejected.source,
  rejected.reason,
  GET_ARRAY_LENGTH(rejected.original) AS pieces,
  LEN(CAST(rejected.original AS VARCHAR(65535))) AS characters,
  SUBSTRING(CAST(rejected.original AS VARCHAR(65535)), 1, {{part_length}}) AS beginning
FROM millrace.rejected_events AS rejected
LEFT JOIN millrace.events AS loaded
  ON loaded.event_id = rejected.event_id
  AND loaded.received_at = rejected.received_at
WHERE rejected.received_at >= '{{since}}'
  AND rejected.received_at < '{{before}}'
  AND (
    rejected.received_at > '{{after_received_at}}'
    OR (rejected.received_at = '{{after_received_at}}' AND SHA2(rejected.event_id, 256) > '{{after_name}}')
  )
  AND rejected.reason LIKE '{{reason}}'
  AND loaded.event_id IS NULL
ORDER BY rejected.received_at, SHA2(rejected.event_id, 256)
LIMIT {{page_rows}}
