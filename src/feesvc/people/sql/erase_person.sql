UPDATE feesvc.person
SET erased_at = clock_timestamp(), erased_reason = %(reason)s, erased_by = %(actor)s
WHERE subject = %(subject)s AND erased_at IS NULL
