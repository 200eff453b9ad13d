-- An object that is refused again for the same reason gets no second row: without this, its refusal would not be seen.
DELETE FROM millrace.load_errors
WHERE object_key NOT IN (SELECT object_key FROM millrace.loaded_objects)
