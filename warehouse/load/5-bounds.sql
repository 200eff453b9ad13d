-- The span of received_at in this batch, and the wider one in which an event of it can have been loaded before.
CREATE TEMP TABLE batch_bounds AS
SELECT
  MIN(received_at) AS oldest,
  MAX(received_at) AS newest,
  DATEADD(day, -{{dedupe_days}}, MIN(received_at)) AS earliest,
  DATEADD(day, {{dedupe_days}}, MAX(received_at)) AS latest
FROM staging
