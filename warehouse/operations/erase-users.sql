DELETE FROM millrace.users
WHERE SHA2('user:' || user_id, 256) = '{{user}}'
