-- What has no match, by its code.
INSERT INTO feesvc.match_break (run, line, code, amount, currency, candidates)
SELECT %(run)s, line, code, gross, currency,
    ARRAY(SELECT 'capture:' || candidate FROM unnest(candidates) AS candidate)
FROM break
