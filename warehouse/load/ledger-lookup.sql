-- Which of these objects are loaded already; the key alone narrows the search by the sort key.
SELECT object_key || ' ' || etag AS object_name
FROM millrace.loaded_objects
WHERE object_key IN ({{object_keys}})
  AND object_key || ' ' || etag IN ({{object_names}})
