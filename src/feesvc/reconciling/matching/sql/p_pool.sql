-- The lines that stand of the account's accepted statements of these days, whatever became of them;
-- but for credits that the bank took back, and what else was booked with them: no rule undid those.
INSERT INTO pool
SELECT line.id
FROM feesvc.statement
JOIN feesvc.told_line AS line ON line.statement = statement.id
WHERE statement.account = %(account)s AND statement.state = 'accepted'
  AND statement.ends_on BETWEEN %(first)s AND %(last)s
  AND line.account = %(account)s AND line.state = 'stands'
  AND (line.leg = %(leg)s OR %(leg)s = 'B' AND line.leg = 'T')
  AND NOT EXISTS (
        SELECT FROM feesvc.unmatched_line AS back
        WHERE back.line = line.id AND back.leg <> 'S' AND back.reason IN ('taken_back', 'of_batch')
    )
