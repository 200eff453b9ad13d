-- Redshift replaces a view only by one of the same columns; where they differ, all are dropped and made anew.
DROP VIEW IF EXISTS {{views}}
