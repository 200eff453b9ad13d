DELETE FROM millrace.rejected_events
USING refused
WHERE refused.received_at = rejected_events.received_at
  AND refused.event_id = SHA2(rejected_events.event_id, 256)
