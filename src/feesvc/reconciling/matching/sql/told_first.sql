-- Open settlement lines of money that goes back to a payer, or comes back from one, with the refund
-- that one may be about: of its reference, or else the only one of that payment and amount. Some
-- name the payment itself as the transaction.
SELECT line.kind, line.identity, line.gross, line.currency,
    coalesce(nullif(line.told_original, ''), line.told_transaction) AS told_original,
    line.occurred_at, coalesce(named.refund, alone.refund) AS refund
FROM feesvc.unmatched_line AS unmatched
JOIN feesvc.told_line AS line ON line.id = unmatched.line
JOIN feesvc.statement ON statement.id = line.statement
LEFT JOIN captures.capture AS named
    ON named.account = line.account AND named.reference = line.reference
    AND line.reference <> '' AND named.kind = 'refund' AND named.amount = -line.gross
    AND named.currency = line.currency
LEFT JOIN LATERAL (
    SELECT (array_agg(sent.refund))[1] AS refund
    FROM captures.capture AS sent
    WHERE sent.account = line.account AND sent.original = line.original AND line.original <> ''
      AND sent.kind = 'refund' AND sent.amount = -line.gross AND sent.currency = line.currency
    HAVING count(*) = 1
) AS alone ON line.kind = 'refund_reversal'
WHERE unmatched.account = %(account)s AND unmatched.leg = 'S' AND unmatched.state = 'open'
  AND statement.state = 'accepted' AND line.told_original || line.told_transaction <> ''
  AND line.kind IN ('dispute', 'dispute_reversal', 'refund_reversal')
ORDER BY statement.ends_on, statement.identity, line.number
