-- Which of these objects are loaded already.
SELECT object_key FROM millrace.loaded_objects WHERE object_key IN ({{object_keys}})
