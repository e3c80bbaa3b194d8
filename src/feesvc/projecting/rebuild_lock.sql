SELECT pg_advisory_lock(hashtextextended('feesvc.rebuild.' || %s, 0))
