-- Objects of which a record is not known to have been put back.
SELECT DISTINCT object_key
FROM millrace.failed_records
WHERE replayed_at IS NULL
