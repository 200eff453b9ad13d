-- What an erased person sent before the erasure stays out, whoever brings it back: such a row counts as dropped (11-batches.sql).
UPDATE staging
SET kind = 'erased'
FROM millrace.erased_subjects AS erased
WHERE staging.kind = 'event'
  AND erased.subject = SHA2(COALESCE('user:' || staging.user_id, 'anonymous:' || staging.anonymous_id), 256)
  AND erased.erased_at >= staging.received_at
