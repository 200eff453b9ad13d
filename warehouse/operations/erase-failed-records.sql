-- Records of a failed object of which nothing is left.
DELETE FROM millrace.failed_records
WHERE object_key = {{object_key}}
  AND line_number IN ({{lines}})
