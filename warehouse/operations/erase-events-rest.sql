DELETE FROM millrace.events
WHERE received_at <= '{{erased_at}}'
  AND (
    SHA2('user:' || user_id, 256) = '{{user}}'
    OR (user_id IS NULL AND SHA2('anonymous:' || anonymous_id, 256) IN (SELECT subject FROM joined))
  )
