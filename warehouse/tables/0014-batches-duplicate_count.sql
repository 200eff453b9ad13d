-- Events of this envelope that were in the tables, or in its load, before; null in rows of earlier versions.
ALTER TABLE millrace.batches ADD COLUMN duplicate_count INTEGER
