-- Rows and position go together, so a commit need not wait for the disk: the log is there to redo it.
SET synchronous_commit = off
