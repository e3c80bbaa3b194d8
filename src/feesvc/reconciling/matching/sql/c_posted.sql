-- What was booked, groups and pairs.
WITH pairs AS (
    UPDATE feesvc.match_pair SET state = 'posted' WHERE id = ANY (%(groups)s) AND state = 'confirmed'
)
UPDATE feesvc.match_group SET state = 'posted' WHERE id = ANY (%(groups)s) AND state = 'confirmed'
