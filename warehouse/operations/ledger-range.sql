-- What the ledger has of the objects between two keys.
SELECT object_key || ' ' || etag AS object_name
FROM millrace.loaded_objects
WHERE object_key >= {{first_key}}
  AND object_key <= {{last_key}}
