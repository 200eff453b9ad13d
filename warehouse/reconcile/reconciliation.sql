INSERT INTO millrace.reconciliations (
  checked_at, complete_to, objects_landed, objects_unloaded, objects_requeued, envelopes_missing, events_missing, failed_records
)
VALUES (
  '{{checked_at}}',
  '{{complete_to}}',
  {{objects_landed}},
  {{objects_unloaded}},
  {{objects_requeued}},
  {{envelopes_missing}},
  {{events_missing}},
  {{failed_records}}
)
