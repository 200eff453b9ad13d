-- What is known of the objects after a key: the ledger has them, or Redshift refused them.
SELECT object_key || ' ' || etag AS object_name, 'loaded' AS fate
FROM millrace.loaded_objects
WHERE object_key > {{after}}
UNION ALL
SELECT object_key, 'refused' FROM millrace.load_errors
WHERE object_key > {{after}}
