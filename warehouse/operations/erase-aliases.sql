-- Last of all, when the lake is done: by them an erasure that was interrupted finds the person's devices again.
DELETE FROM millrace.user_aliases
WHERE SHA2('user:' || user_id, 256) = '{{user}}'
