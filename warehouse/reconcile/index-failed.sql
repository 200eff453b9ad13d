-- Rows for records under failed/; a record that has its row keeps it.
INSERT INTO millrace.failed_records (
  object_key, line_number, error_code, error_message, attempts, arrived_at, failed_at, bytes, producer, seq, event_count, replayed_at,
  indexed_at
)
SELECT
  object_key, line_number, error_code, error_message, attempts, arrived_at, failed_at, bytes, producer, seq, event_count, replayed_at,
  GETDATE()
FROM (
  {{records}}
) AS told
WHERE NOT EXISTS (
  SELECT 1
  FROM millrace.failed_records AS known
  WHERE known.object_key = told.object_key
    AND known.line_number = told.line_number
)
