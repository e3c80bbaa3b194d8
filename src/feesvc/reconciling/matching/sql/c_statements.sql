-- The statements of an account that have lines to be booked, or whose batch is to be declared: one
-- with lines that nothing is booked for, or one that took another's place.
SELECT * FROM feesvc.statement
WHERE id = ANY (%(statements)s)
   OR account = %(account)s AND source = 'settlement' AND state = 'accepted' AND (
        id IN (
            SELECT told.statement
            FROM feesvc.unmatched_line AS unmatched
            JOIN feesvc.told_line AS told ON told.id = unmatched.line
            WHERE unmatched.account = %(account)s AND unmatched.leg = 'S'
              AND unmatched.state = 'open'
        )
        OR EXISTS (SELECT FROM feesvc.statement AS old WHERE old.superseded_by = statement.id)
   )
ORDER BY ends_on, identity
