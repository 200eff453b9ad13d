-- DELETE and not TRUNCATE, which would commit what is before it.
DELETE FROM millrace.{{table}}
