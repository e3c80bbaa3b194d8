-- Open settlement lines of money that goes back to a payer, or comes back from one, with the refund
-- that one may be about: of its reference, and paid. Some name the payment itself as the transaction.
SELECT line.kind, line.identity, line.told_reference, line.gross, line.currency,
    coalesce(nullif(line.told_original, ''), line.told_transaction) AS told_original,
    line.occurred_at, refund.refund IS NOT NULL AS refunded
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
LEFT JOIN captures.capture AS refund
    ON refund.account = line.account AND refund.reference = line.reference
    AND line.reference <> '' AND refund.kind = 'refund' AND refund.amount = -line.gross
    AND refund.currency = line.currency
WHERE line.account = %(account)s AND line.leg = 'S' AND line.state = 'open'
  AND statement.state = 'accepted' AND line.told_original || line.told_transaction <> ''
  AND line.kind IN ('dispute', 'dispute_reversal', 'refund_reversal')
ORDER BY statement.ends_on, statement.identity, line.number
