-- Debits of the agency's banks that nothing was booked for.
SELECT told.account, told.identity, told.native_id, told.shared, told.net, told.currency,
    told.occurred_at
FROM feesvc.unmatched_line AS unmatched
JOIN feesvc.told_line AS told ON told.id = unmatched.line
WHERE told.agency = %(agency)s AND unmatched.state = 'open' AND unmatched.leg <> 'S'
  AND told.net < 0
ORDER BY told.id
