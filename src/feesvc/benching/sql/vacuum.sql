VACUUM (ANALYZE) feesvc.event
