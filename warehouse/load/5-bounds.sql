-- The span of received_at in which an event of this batch can have been loaded before.
CREATE TEMP TABLE batch_bounds AS
SELECT
  DATEADD(day, -{{dedupe_days}}, MIN(received_at)) AS earliest,
  DATEADD(day, {{dedupe_days}}, MAX(received_at)) AS latest
FROM staging
