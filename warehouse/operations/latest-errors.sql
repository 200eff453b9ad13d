-- The latest refusal of each of these objects.
SELECT object_key, line_number, column_name, code, message, occurred_at
FROM (
  SELECT
    object_key, line_number, column_name, code, message, occurred_at,
    ROW_NUMBER() OVER (PARTITION BY object_key ORDER BY occurred_at DESC) AS recency
  FROM millrace.load_errors
  WHERE object_key IN ({{object_keys}})
) AS refusals
WHERE recency = 1
