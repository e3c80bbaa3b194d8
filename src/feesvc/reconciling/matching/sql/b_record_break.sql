-- What has no match, by its code; the line says it too.
WITH told AS (
    UPDATE feesvc.unmatched_line SET reason = %(code)s WHERE line = %(line)s
)
INSERT INTO feesvc.match_break (run, line, code, amount, currency, candidates)
VALUES (%(run)s, %(line)s, %(code)s, %(amount)s, %(currency)s, %(candidates)s)
