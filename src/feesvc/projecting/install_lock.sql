SELECT pg_advisory_xact_lock(hashtextextended('feesvc.projection', 0))
