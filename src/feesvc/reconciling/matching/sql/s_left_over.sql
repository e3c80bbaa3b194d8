-- Payment lines that no key explained.
SELECT line, identity, transaction, reference, gross, currency, day
FROM item
WHERE kind = 'payment' AND reference || transaction <> ''
