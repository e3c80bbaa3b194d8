SELECT pg_try_advisory_lock(hashtextextended('feesvc.match ' || %(account)s || %(leg)s, 0)) AS held
