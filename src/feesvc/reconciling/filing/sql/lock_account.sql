SELECT pg_advisory_xact_lock(hashtextextended('filing ' || account::text, 0))
FROM feesvc.source_file WHERE id = %(id)s
