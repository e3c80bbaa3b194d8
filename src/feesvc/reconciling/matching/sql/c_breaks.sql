-- What is to become a case: each break with its line and the amount of what it may be about.
SELECT told.code, told.amount, told.currency, told.candidates, line.id AS line, line.identity,
    line.native_id, line.kind, line.place, line.net, statement.identity AS statement,
    capture.amount AS other_amount, capture.currency AS other_currency
FROM feesvc.match_break AS told
JOIN feesvc.line ON line.id = told.line
JOIN feesvc.statement ON statement.id = line.statement
LEFT JOIN captures.capture ON told.candidates[1] = 'capture:' || capture.id
WHERE told.run = %(run)s AND NOT told.concluded
ORDER BY line.identity
