SELECT pg_try_advisory_lock(hashtextextended('feesvc.projection.' || %s, 0)) AS held
