-- Unchanged lines, first step: the new rows leave their numbers, for the old ones to take.
UPDATE feesvc.told_line AS a
SET number = -a.number - 1, state = 'superseded', reason = 'line:' || b.id
FROM feesvc.told_line AS b
WHERE a.statement = %(after)s AND b.statement = %(before)s
    AND a.identity = CASE b.told_as WHEN '' THEN b.identity ELSE b.told_as END
    AND a.number >= 0
    AND (a.kind, a.transaction, a.reference, a.original, a.batch, a.gross, a.commission, a.tax,
        a.net, a.currency, a.occurred_at, a.value_on)
    IS NOT DISTINCT FROM (b.kind, b.transaction, b.reference, b.original, b.batch, b.gross,
        b.commission, b.tax, b.net, b.currency, b.occurred_at, b.value_on)
    AND (a.keys = b.keys OR b.told_as <> '' OR NOT EXISTS (
        SELECT FROM feesvc.unmatched_line
        WHERE unmatched_line.line = b.id AND unmatched_line.state = 'open'
    ))
