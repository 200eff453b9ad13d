-- Grain: producer. An envelope missing between a producer's first and last number is a gap; the tail of a producer that
-- is still sending cannot be judged here.
CREATE OR REPLACE VIEW millrace.report_completeness AS
SELECT
  producer,
  MAX(source) AS source,
  COUNT(*) AS envelopes,
  SUM(event_count) AS events,
  MAX(seq) + 1 - COUNT(*) AS missing_envelopes,
  MIN(received_at) AS first_received_at,
  MAX(received_at) AS last_received_at
FROM millrace.batches
GROUP BY producer
WITH NO SCHEMA BINDING
