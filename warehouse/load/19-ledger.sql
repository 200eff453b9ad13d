INSERT INTO millrace.loaded_objects (object_key, etag, load_id)
VALUES {{objects}}
