-- First, before anything takes the transaction's snapshot: loads take turns here, readers never come here.
LOCK millrace.load_lock
