-- What is to be told: each break with its line, the amount of what it may be about, and whether an
-- earlier run told the same of it (and nothing else since).
SELECT told.code, told.amount, told.currency, told.candidates, told.why, line.id AS line, line.identity,
    line.native_id, line.kind, line.place, line.net, line.state, line.reason,
    statement.identity AS statement, capture.amount AS other_amount,
    capture.currency AS other_currency, before.code IS NOT NULL AS known
FROM feesvc.match_break AS told
JOIN feesvc.line ON line.id = told.line
JOIN feesvc.statement ON statement.id = line.statement
LEFT JOIN captures.capture ON told.candidates[1] = 'capture:' || capture.id
LEFT JOIN LATERAL (
    SELECT code
    FROM feesvc.match_break
    WHERE match_break.line = told.line AND match_break.code = told.code
      AND match_break.run <> told.run AND match_break.concluded AND NOT match_break.explained
    LIMIT 1
) AS before ON true
WHERE told.run = %(run)s AND NOT told.concluded
ORDER BY line.identity
