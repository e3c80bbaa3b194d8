SELECT pg_advisory_unlock(hashtextextended('feesvc.match ' || %(account)s || %(leg)s, 0))
