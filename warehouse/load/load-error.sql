-- Outside the load's transaction, which was rolled back. An object that is refused again for the same reason has its row.
INSERT INTO millrace.load_errors (object_key, load_id, line_number, column_name, code, message, occurred_at)
SELECT
  {{object_key}},
  {{load_id}},
  CAST({{line_number}} AS BIGINT),
  CAST({{column_name}} AS VARCHAR(127)),
  CAST({{code}} AS INTEGER),
  {{message}},
  GETDATE()
WHERE NOT EXISTS (
  SELECT 1
  FROM millrace.load_errors
  WHERE object_key = {{object_key}}
    AND COALESCE(line_number, 0) = COALESCE(CAST({{line_number}} AS BIGINT), 0)
    AND message = {{message}}
)
