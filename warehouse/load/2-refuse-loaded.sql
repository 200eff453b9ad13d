-- Fails, on purpose, when another load brought one of these objects since the loader looked: a key is no integer.
SELECT CAST(object_key AS INTEGER)
FROM millrace.loaded_objects
WHERE object_key IN ({{object_keys}})
  AND object_key || ' ' || etag IN ({{object_names}})
