-- Grain: minute (UTC of received_at) x reason x source. Counts events refused by the transformer.
CREATE OR REPLACE VIEW millrace.report_quality AS
SELECT
  DATE_TRUNC('minute', received_at) AS minute,
  reason,
  source,
  COUNT(*) AS rejected
FROM millrace.rejected_events
GROUP BY 1, 2, 3
WITH NO SCHEMA BINDING
