-- Grain: minute (UTC of received_at) x producer. accepted = loaded + duplicate + rejected + dropped + missing. accepted counts the
-- events that were acknowledged, and those that arrived though their request was not; missing is what was acknowledged and has not
-- arrived, in the minute of the next that did. It is a loss where is_settled says so (before complete_to, or two hours old), else mostly
-- under way. What was put onto the stream without an envelope bears no number and is not here.
CREATE OR REPLACE VIEW millrace.report_conservation AS
WITH numbered AS (
  SELECT
    producer,
    source,
    seq,
    received_at,
    event_count,
    dropped_count,
    duplicate_count,
    acknowledged_before,
    void_to,
    COALESCE(
      MAX(void_to) OVER (
        PARTITION BY producer
        ORDER BY seq, CASE WHEN void_to IS NULL THEN 1 ELSE 0 END ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ),
      -1
    ) AS void_end
  FROM millrace.batches
),
requests AS (
  SELECT
    producer,
    MAX(source) AS source,
    acknowledged_before,
    MIN(received_at) AS received_at,
    SUM(CASE WHEN void_end < seq THEN event_count ELSE 0 END) AS arrived
  FROM numbered
  WHERE void_to IS NULL
    AND acknowledged_before IS NOT NULL
  GROUP BY producer, acknowledged_before
),
losses AS (
  SELECT
    producer,
    source,
    received_at,
    acknowledged_before
    - COALESCE(LAG(acknowledged_before + arrived) OVER (PARTITION BY producer ORDER BY acknowledged_before), 0) AS events
  FROM requests
),
counted AS (
  SELECT
    DATE_TRUNC('minute', received_at) AS minute,
    producer,
    source,
    event_count AS accepted,
    0 AS loaded,
    COALESCE(duplicate_count, 0) AS duplicate,
    0 AS rejected,
    dropped_count AS dropped
  FROM numbered
  WHERE void_to IS NULL
  UNION ALL
  SELECT DATE_TRUNC('minute', received_at), producer, source, events, 0, 0, 0, 0
  FROM losses
  WHERE events > 0
  UNION ALL
  SELECT DATE_TRUNC('minute', received_at), producer, source, 0, 1, 0, 0, 0
  FROM millrace.events
  WHERE producer IS NOT NULL
  UNION ALL
  SELECT DATE_TRUNC('minute', received_at), producer, source, 0, 0, 0, 1, 0
  FROM millrace.rejected_events
  WHERE producer IS NOT NULL
)
SELECT
  counted.minute,
  counted.producer,
  MAX(counted.source) AS source,
  SUM(counted.accepted) AS accepted,
  SUM(counted.loaded) AS loaded,
  SUM(counted.duplicate) AS duplicate,
  SUM(counted.rejected) AS rejected,
  SUM(counted.dropped) AS dropped,
  SUM(counted.accepted - counted.loaded - counted.duplicate - counted.rejected - counted.dropped) AS missing,
  counted.minute < DATEADD(hour, -2, GETDATE())
  OR COALESCE(counted.minute < MAX(checked.complete_to), FALSE) AS is_settled
FROM counted
LEFT JOIN millrace.complete_to AS checked ON TRUE
GROUP BY counted.minute, counted.producer
WITH NO SCHEMA BINDING
