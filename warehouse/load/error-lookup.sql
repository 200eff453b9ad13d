-- Redshift's own record of why it refused an object; it survives the rollback.
SELECT line_number, TRIM(column_name), error_code, TRIM(error_message)
FROM sys_load_error_detail
WHERE TRIM(file_name) = {{file_name}}
ORDER BY start_time DESC
LIMIT 1
