-- Up to when rows are the person's: the warehouse's clock, not that of whoever runs the command.
SELECT SYSDATE AS erased_at
