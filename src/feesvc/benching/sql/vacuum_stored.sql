VACUUM (ANALYZE) stored_events
