INSERT INTO taken (producer, seq, dropped_count)
VALUES {{rows}}
