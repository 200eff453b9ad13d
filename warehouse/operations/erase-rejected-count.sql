SELECT COUNT(*) AS rejected_events
FROM millrace.rejected_events
JOIN (SELECT DISTINCT event_id, received_at FROM refused) AS found
  ON found.received_at = rejected_events.received_at
  AND found.event_id = SHA2(rejected_events.event_id, 256)
