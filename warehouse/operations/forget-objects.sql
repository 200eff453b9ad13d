-- So that these objects are loaded again; their events are known by their ids.
DELETE FROM millrace.loaded_objects
WHERE object_key IN ({{object_keys}})
