SELECT
  (SELECT COUNT(*) FROM millrace.events) AS events,
  (SELECT COUNT(*) FROM millrace.rejected_events) AS rejected_events,
  (SELECT COUNT(*) FROM millrace.batches) AS batches,
  (SELECT COUNT(*) FROM millrace.users) AS users,
  (SELECT COUNT(*) FROM millrace.user_aliases) AS user_aliases,
  (SELECT COUNT(*) FROM millrace.loads) AS loads,
  (SELECT COUNT(*) FROM millrace.loaded_objects) AS loaded_objects,
  (SELECT COUNT(*) FROM millrace.load_errors) AS load_errors
