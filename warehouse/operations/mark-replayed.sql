-- Records of one failed object that have been put back onto the stream.
UPDATE millrace.failed_records
SET replayed_at = GETDATE()
WHERE object_key = {{object_key}}
  AND replayed_at IS NULL
  AND ({{lines}})
