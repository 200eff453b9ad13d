-- Events of this producer that were acknowledged to clients before the request of this envelope began; null where its writer does not say.
ALTER TABLE millrace.batches ADD COLUMN acknowledged_before BIGINT
