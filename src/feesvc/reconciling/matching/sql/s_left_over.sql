-- Payment lines that no key explained.
SELECT item.line, item.identity, item.transaction, item.reference, item.gross, item.currency,
    item.day, line.told_reference
FROM item
JOIN feesvc.line ON line.id = item.line
WHERE item.kind = 'payment' AND item.reference || item.transaction <> ''
