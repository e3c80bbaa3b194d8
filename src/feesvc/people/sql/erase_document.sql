UPDATE feesvc.document
SET key_id = NULL, wrapped = NULL, sealed = NULL,
    erased_at = clock_timestamp(), erased_reason = %(reason)s, erased_by = %(actor)s
WHERE name = %(name)s AND erased_at IS NULL
