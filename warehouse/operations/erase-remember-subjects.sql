-- From this commit on, a load leaves out what these sent up to now (warehouse/load/6-erased.sql).
INSERT INTO millrace.erased_subjects (subject, erased_at)
VALUES {{rows}}
