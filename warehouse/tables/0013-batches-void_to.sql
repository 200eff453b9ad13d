-- Set in a row that is no envelope: the numbers seq to void_to were given to envelopes whose requests were not acknowledged.
ALTER TABLE millrace.batches ADD COLUMN void_to BIGINT
