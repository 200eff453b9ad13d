-- Two deploys of the same warehouse take turns.
LOCK millrace.migrations
