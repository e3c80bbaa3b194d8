SELECT pg_advisory_xact_lock(hashtextextended('filing ' || account::text, 0))
FROM feesvc.statement WHERE id = %(after)s
