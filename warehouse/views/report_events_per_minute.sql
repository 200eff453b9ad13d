-- Grain: minute (UTC of event_time) x event_name x source. Counts accepted events; rejected ones are in report_quality.
CREATE OR REPLACE VIEW millrace.report_events_per_minute AS
SELECT
  DATE_TRUNC('minute', event_time) AS minute,
  event_name,
  source,
  COUNT(*) AS events
FROM millrace.events
GROUP BY 1, 2, 3
WITH NO SCHEMA BINDING
