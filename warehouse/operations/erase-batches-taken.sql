-- After the rows are gone. The counts are what the lake's own rows will say, not so many more: run again, it is the same. What was a
-- duplicate and the person's is dropped now, and no duplicate.
UPDATE millrace.batches
SET
  dropped_count = thinned.dropped_count,
  duplicate_count = CASE
    WHEN batches.duplicate_count IS NOT NULL
      THEN CAST(batches.event_count - thinned.dropped_count - thinned.row_count AS INTEGER)
  END
FROM (
  SELECT taken.producer, taken.seq, taken.dropped_count, COALESCE(SUM(kept.row_count), 0) AS row_count
  FROM taken
  LEFT JOIN (
    SELECT SHA2(producer, 256) AS producer, seq, COUNT(*) AS row_count
    FROM millrace.events
    WHERE seq IN (SELECT seq FROM taken)
    GROUP BY SHA2(producer, 256), seq
    UNION ALL
    SELECT SHA2(producer, 256) AS producer, seq, COUNT(*) AS row_count
    FROM millrace.rejected_events
    WHERE seq IN (SELECT seq FROM taken)
    GROUP BY SHA2(producer, 256), seq
  ) AS kept ON kept.producer = taken.producer AND kept.seq = taken.seq
  GROUP BY taken.producer, taken.seq, taken.dropped_count
) AS thinned
WHERE batches.seq = thinned.seq
  AND SHA2(batches.producer, 256) = thinned.producer
  AND batches.void_to IS NULL
