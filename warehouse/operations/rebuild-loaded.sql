-- How far these objects are: 'loaded' with the etag, or 'refused'.
SELECT 'loaded' AS outcome, object_key, etag, CAST(NULL AS VARCHAR(1024)) AS message
FROM millrace.loaded_objects
WHERE object_key IN ({{object_keys}})
UNION ALL
SELECT 'refused' AS outcome, object_key, CAST(NULL AS VARCHAR(64)) AS etag, MAX(message) AS message
FROM millrace.load_errors
WHERE object_key IN ({{object_keys}})
GROUP BY object_key
