-- Numbers that a producer skipped before one that was received before {{settled_before}}: what is under way has come by then.
-- A producer whose name, a UUIDv7, is of the window began with 0; of an older one only what is between its numbers is judged.
SELECT COALESCE(SUM(skipped), 0) AS missing
FROM (
  SELECT
    received_at,
    seq - 1 - COALESCE(
      LAG(seq) OVER (PARTITION BY producer ORDER BY seq),
      CASE WHEN producer >= '{{first_producer}}' AND producer <= '{{last_producer}}' THEN -1 ELSE seq - 1 END
    ) AS skipped
  FROM millrace.batches
  WHERE received_at >= '{{window_start}}'
) AS numbered
WHERE skipped > 0
  AND received_at < '{{settled_before}}'
