-- Every posting of the ledgers, with the things that it is about.
SELECT position, agency, currency, account, amount, rule, counted_on, effective_on, assessment,
    transfer, payment, refund, batch
FROM {ledger}.posting
ORDER BY position, number
