-- Grain: run of numbers of a producer that an envelope should bear and none in the tables does. Numbers of requests that were not
-- acknowledged are no gap. failed_envelopes of them stand under failed/ and come back by `millrace replay --failed`. While events
-- flow, the newest gaps are envelopes under way; is_settled says that this one is not: it is before complete_to, or two hours old,
-- by when the queue has tried an object five times. A gap before a producer's last request is not
-- judged, as that request may itself have left numbers void: complete_to covers it.
CREATE OR REPLACE VIEW millrace.report_gaps AS
WITH numbered AS (
  SELECT
    producer,
    source,
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
      -1
    ) AS previous_end,
    MAX(CASE WHEN void_to IS NULL THEN received_at END) OVER (
      PARTITION BY producer
      ORDER BY seq, COALESCE(void_to, seq) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS after_received_at
  FROM millrace.batches
),
gaps AS (
  SELECT
    producer,
    MAX(source) AS source,
    previous_end + 1 AS first_missing,
    seq - 1 AS last_missing,
    MAX(after_received_at) AS after_received_at,
    MAX(received_at) AS before_received_at
  FROM numbered
  WHERE seq > previous_end + 1
    AND (void_to IS NOT NULL OR acknowledged_before IS NULL OR acknowledged_before < latest_acknowledged)
  GROUP BY producer, previous_end, seq
)
SELECT
  gaps.producer,
  gaps.source,
  gaps.first_missing,
  gaps.last_missing,
  gaps.last_missing - gaps.first_missing + 1 AS envelopes,
  COUNT(DISTINCT failed.seq) AS failed_envelopes,
  gaps.after_received_at,
  gaps.before_received_at,
  gaps.before_received_at < DATEADD(hour, -2, GETDATE())
  OR COALESCE(gaps.before_received_at < MAX(checked.complete_to), FALSE) AS is_settled
FROM gaps
LEFT JOIN millrace.failed_records AS failed
  ON failed.producer = gaps.producer
    AND failed.seq >= gaps.first_missing
    AND failed.seq <= gaps.last_missing
LEFT JOIN millrace.complete_to AS checked ON TRUE
GROUP BY
  gaps.producer, gaps.source, gaps.first_missing, gaps.last_missing, gaps.after_received_at, gaps.before_received_at
WITH NO SCHEMA BINDING
