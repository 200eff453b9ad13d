INSERT INTO refused (event_id, received_at)
VALUES {{rows}}
