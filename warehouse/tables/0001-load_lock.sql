-- Holds nothing: a load locks it first, so that two loads at once take turns and no reader ever waits.
CREATE TABLE IF NOT EXISTS millrace.load_lock (
  held_for VARCHAR(64)
)
