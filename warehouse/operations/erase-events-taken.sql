DELETE FROM millrace.events
USING taken
WHERE taken.seq = events.seq
  AND taken.producer = SHA2(events.producer, 256)
  AND events.received_at <= '{{erased_at}}'
  AND (
    SHA2('user:' || events.user_id, 256) = '{{user}}'
    OR (events.user_id IS NULL AND SHA2('anonymous:' || events.anonymous_id, 256) IN (SELECT subject FROM joined))
  )
