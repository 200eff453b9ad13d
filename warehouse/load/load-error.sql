-- Outside the load's transaction, which was rolled back.
INSERT INTO millrace.load_errors (object_key, load_id, line_number, column_name, code, message, occurred_at)
VALUES ({{object_key}}, {{load_id}}, {{line_number}}, {{column_name}}, {{code}}, {{message}}, GETDATE())
