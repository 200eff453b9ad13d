-- Grain: producer. missing_envelopes are the numbers that report_gaps lists; what a producer sent last is covered by complete_to.
CREATE OR REPLACE VIEW millrace.report_completeness AS
SELECT
  sent.producer,
  sent.source,
  sent.envelopes,
  sent.events,
  COALESCE(gaps.envelopes, 0) AS missing_envelopes,
  sent.first_received_at,
  sent.last_received_at
FROM (
  SELECT
    producer,
    MAX(source) AS source,
    COUNT(*) AS envelopes,
    SUM(event_count) AS events,
    MIN(received_at) AS first_received_at,
    MAX(received_at) AS last_received_at
  FROM millrace.batches
  WHERE void_to IS NULL
  GROUP BY producer
) AS sent
LEFT JOIN (
  SELECT producer, SUM(envelopes) AS envelopes
  FROM millrace.report_gaps
  GROUP BY producer
) AS gaps ON gaps.producer = sent.producer
WITH NO SCHEMA BINDING
