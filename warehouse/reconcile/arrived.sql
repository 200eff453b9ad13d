-- Events that have arrived, per minute in which they were received: those of envelopes whose requests were acknowledged. An envelope
-- is void when its producer said so in a later one.
SELECT DATE_TRUNC('minute', received_at) AS minute, SUM(event_count) AS events
FROM (
  SELECT
    received_at,
    event_count,
    acknowledged_before,
    void_to,
    COALESCE(
      MAX(void_to) OVER (
        PARTITION BY producer
        ORDER BY seq, CASE WHEN void_to IS NULL THEN 1 ELSE 0 END ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ),
      -1
    ) AS void_end,
    seq
  FROM millrace.batches
  WHERE received_at >= '{{window_start}}'
) AS numbered
WHERE void_to IS NULL
  AND acknowledged_before IS NOT NULL
  AND void_end < seq
GROUP BY 1
