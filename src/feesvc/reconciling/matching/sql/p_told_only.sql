-- What nobody but a line of the period told of (S03) was on record only once that line was booked.
INSERT INTO told_only
SELECT told.id
FROM pool
JOIN feesvc.unmatched_line AS unmatched ON unmatched.line = pool.line
    AND unmatched.state = 'placed' AND unmatched.reason = 'S03'
JOIN feesvc.told_line AS line ON line.id = pool.line AND line.transaction <> ''
JOIN captures.capture AS told ON told.account = line.account
    AND told.transaction = line.transaction AND told.kind = 'payment'
WHERE NOT EXISTS (
    SELECT FROM feesvc.match_pair AS held WHERE held.capture = told.id AND held.active
)
ON CONFLICT DO NOTHING
