-- A hash of the lines that the run looks at and of what was found for them: no order of arrival.
SELECT encode(sha256(convert_to(coalesce(string_agg(
    concat_ws('|', identity, kind, transaction, reference, original, gross, net, currency, day,
        value_on, batch, number),
    E'\n' ORDER BY identity COLLATE "C"), ''), 'UTF8')), 'hex') AS hash
FROM item
