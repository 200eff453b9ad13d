-- What the reconciler's database user may do; {{reconciler_user}} is IAMR:<role name>. One statement a line.
GRANT USAGE ON SCHEMA millrace TO "{{reconciler_user}}";
GRANT SELECT ON ALL TABLES IN SCHEMA millrace TO "{{reconciler_user}}";
GRANT INSERT ON TABLE millrace.failed_records, millrace.reconciliations TO "{{reconciler_user}}";
