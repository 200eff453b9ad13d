-- One part of an original that is too long for a row of the Data API.
SELECT {{part}} AS part, SUBSTRING(CAST({{content}} AS VARCHAR(65535)), {{first}}, {{part_length}}) AS content
FROM millrace.rejected_events
WHERE received_at = '{{received_at}}'
  AND SHA2(event_id, 256) = '{{name}}'
