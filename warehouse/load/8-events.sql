-- The first received of each event_id in the batch, unless the table has it within the bounds.
INSERT INTO millrace.events ({{event_columns}}, load_id, loaded_at)
SELECT {{event_columns}}, '{{load_id}}', GETDATE()
FROM (
  SELECT {{event_columns}}
  FROM staging
  LEFT JOIN repeated ON repeated_id = event_id
  WHERE kind = 'event' AND repeated_id IS NULL
  UNION ALL
  SELECT {{event_columns}}
  FROM (
    SELECT {{event_columns}},
      ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY received_at, producer, seq) AS occurrence
    FROM staging
    JOIN repeated ON repeated_id = event_id
    WHERE kind = 'event' AND in_table = 0
  ) AS again
  WHERE occurrence = 1
) AS incoming
