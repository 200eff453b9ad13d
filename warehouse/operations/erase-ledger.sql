-- An object that was loaded is loaded under its new content too: S3 tells of it, and the loader leaves it alone.
INSERT INTO millrace.loaded_objects (object_key, etag, load_id)
SELECT object_key, {{new_etag}}, MIN(load_id)
FROM millrace.loaded_objects
WHERE object_key = {{object_key}}
GROUP BY object_key
HAVING SUM(CASE WHEN etag = {{old_etag}} THEN 1 ELSE 0 END) > 0
  AND SUM(CASE WHEN etag = {{new_etag}} THEN 1 ELSE 0 END) = 0
