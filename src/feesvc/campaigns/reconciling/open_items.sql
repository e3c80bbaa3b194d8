-- What is open in the ledgers on accounts that are kept by item.
SELECT agency, currency, account, item, since, amount
FROM {ledger}.open_item
ORDER BY agency, currency, account, since, item
