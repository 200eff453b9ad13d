-- Fails, on purpose, when another deploy applied one of these since the migrator looked: a name is no integer.
SELECT CAST(name AS INTEGER)
FROM millrace.migrations
WHERE number IN ({{numbers}})
