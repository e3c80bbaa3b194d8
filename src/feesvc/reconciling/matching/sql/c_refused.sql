-- Lines that nothing could be booked of: they are open, with a code and what refused them.
WITH opened AS (
    UPDATE feesvc.unmatched_line SET state = 'open', reason = %(code)s
    WHERE line = ANY (%(lines)s)
    RETURNING line
)
INSERT INTO feesvc.match_break (run, line, code, amount, currency, candidates, why)
SELECT %(run)s, told.id, %(code)s, told.gross, told.currency, '{}', %(why)s
FROM opened
JOIN feesvc.told_line AS told ON told.id = opened.line
ON CONFLICT (run, line) DO UPDATE SET code = excluded.code, why = excluded.why
