-- No load runs while this transaction does.
LOCK millrace.load_lock
