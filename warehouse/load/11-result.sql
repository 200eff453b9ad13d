SELECT rows_staged, rows_loaded, rows_duplicate, rows_rejected FROM millrace.loads WHERE load_id = '{{load_id}}'
