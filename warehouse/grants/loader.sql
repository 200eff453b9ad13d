-- What the loader's database user may do; {{loader_user}} is IAMR:<role name>. One statement a line.
GRANT USAGE ON SCHEMA millrace TO "{{loader_user}}";
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA millrace TO "{{loader_user}}";
GRANT TEMP ON DATABASE {{database}} TO "{{loader_user}}";
GRANT UPDATE ON TABLE millrace.load_lock, millrace.users, millrace.user_aliases TO "{{loader_user}}";
