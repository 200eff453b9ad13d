-- Numbers that a producer used before one that has arrived, and that have neither arrived nor are void. Only what the collector
-- numbered is judged: it says how many events it had acknowledged before. A producer that began within the window, as its name, a
-- UUIDv7, tells, began with 0; of an older one only what is between its numbers is seen here. A later request must have come: the
-- one behind the gap may itself have left numbers void, and only the next says so.
SELECT producer, previous_end + 1 AS first_missing, seq - 1 AS last_missing, after_received_at, received_at AS before_received_at
FROM (
  SELECT
    producer,
    seq,
    void_to,
    received_at,
    acknowledged_before,
    MAX(acknowledged_before) OVER (PARTITION BY producer) AS latest_acknowledged,
    COALESCE(
      MAX(COALESCE(void_to, seq)) OVER (
        PARTITION BY producer
        ORDER BY seq, COALESCE(void_to, seq) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ),
      CASE
        WHEN acknowledged_before > 0 AND producer >= '{{first_producer}}' AND producer <= '{{last_producer}}' THEN -1
        ELSE seq - 1
      END
    ) AS previous_end,
    MAX(CASE WHEN void_to IS NULL THEN received_at END) OVER (
      PARTITION BY producer
      ORDER BY seq, COALESCE(void_to, seq) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS after_received_at
  FROM millrace.batches
  WHERE received_at >= '{{window_start}}'
    AND (acknowledged_before IS NOT NULL OR void_to IS NOT NULL)
) AS numbered
WHERE seq > previous_end + 1
  AND (void_to IS NOT NULL OR acknowledged_before < latest_acknowledged)
ORDER BY producer, seq
LIMIT 1000
