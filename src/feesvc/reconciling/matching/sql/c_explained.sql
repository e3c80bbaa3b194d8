-- Breaks that were told and stand no more: their line is matched, booked, superseded, or named by
-- another code.
SELECT DISTINCT told.line, told.code, line.identity, line.leg
FROM feesvc.match_break AS told
JOIN feesvc.line ON line.id = told.line
WHERE line.account = %(account)s AND told.concluded AND NOT told.explained
  AND (line.state <> 'open' OR line.reason NOT IN (told.code, ''))
  AND NOT EXISTS (
        SELECT
        FROM feesvc.told_line AS anew
        JOIN feesvc.unmatched_line AS unmatched ON unmatched.line = anew.id
        WHERE anew.account = line.account AND anew.leg = line.leg
          AND anew.identity = line.identity AND anew.state = 'stands' AND anew.id <> line.id
          AND unmatched.state = 'open' AND unmatched.reason IN (told.code, '')
    )
ORDER BY line.identity, told.code
