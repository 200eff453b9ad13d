DELETE FROM millrace.erased_subjects
WHERE subject IN ({{subjects}})
