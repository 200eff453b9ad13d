-- Redshift's own record of the objects that it refused; it survives the rollback.
SELECT TRIM(file_name), line_number, TRIM(column_name), error_code, TRIM(error_message)
FROM sys_load_error_detail
WHERE start_time >= '{{since}}'
  AND TRIM(file_name) IN ({{file_names}})
ORDER BY start_time DESC
