-- What the tables have of the person.
SELECT
  (
    SELECT COUNT(*) FROM millrace.events
    WHERE received_at <= '{{erased_at}}'
      AND (
        SHA2('user:' || user_id, 256) = '{{user}}'
        OR (user_id IS NULL AND SHA2('anonymous:' || anonymous_id, 256) IN (SELECT subject FROM joined))
      )
  ) AS events,
  (SELECT COUNT(*) FROM millrace.users WHERE SHA2('user:' || user_id, 256) = '{{user}}') AS users,
  (SELECT COUNT(*) FROM millrace.user_aliases WHERE SHA2('user:' || user_id, 256) = '{{user}}') AS user_aliases
