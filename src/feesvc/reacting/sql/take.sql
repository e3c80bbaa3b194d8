-- Become the one active runner of a process on a log: the lock goes with the connection.
SELECT pg_try_advisory_lock(
    hashtextextended('feesvc.process ' || %(process)s || ' ' || %(log)s, 0)
) AS ours
