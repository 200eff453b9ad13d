-- What this warehouse has had done to it, in order.
SELECT number, name, checksum
FROM millrace.migrations
ORDER BY number
