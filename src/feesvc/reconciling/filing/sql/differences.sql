-- Two statements of one name side by side, by the identity of their lines: what is not the same. What
-- a line may be found by counts as long as it was not found, under the name that it has there.
SELECT coalesce(a.identity, b.told) AS identity, b.id AS before_id,
    coalesce(b.state, '') AS before_state,
    b.place AS b_place, a.place AS a_place,
    b.kind AS b_kind, a.kind AS a_kind, b.transaction AS b_transaction,
    a.transaction AS a_transaction, b.reference AS b_reference, a.reference AS a_reference,
    b.original AS b_original, a.original AS a_original, b.batch AS b_batch, a.batch AS a_batch,
    b.gross AS b_gross, a.gross AS a_gross, b.commission AS b_commission,
    a.commission AS a_commission, b.tax AS b_tax, a.tax AS a_tax, b.net AS b_net, a.net AS a_net,
    b.currency AS b_currency, a.currency AS a_currency, b.occurred_at AS b_occurred_at,
    a.occurred_at AS a_occurred_at, b.value_on AS b_value_on, a.value_on AS a_value_on
FROM (
    SELECT line.*, CASE said.told_as WHEN '' THEN line.identity ELSE said.told_as END AS told
    FROM feesvc.line
    JOIN feesvc.told_line AS said ON said.id = line.id
    WHERE line.statement = %(before)s
) AS b
FULL JOIN (SELECT * FROM feesvc.line WHERE statement = %(after)s) AS a ON a.identity = b.told
WHERE (a.kind, a.transaction, a.reference, a.original, a.batch, a.gross, a.commission, a.tax,
        a.net, a.currency, a.occurred_at, a.value_on)
    IS DISTINCT FROM (b.kind, b.transaction, b.reference, b.original, b.batch, b.gross,
        b.commission, b.tax, b.net, b.currency, b.occurred_at, b.value_on)
    OR b.state = 'open' AND a.keys <> b.keys AND b.told = b.identity
ORDER BY coalesce(a.number, b.number), a.number NULLS LAST
