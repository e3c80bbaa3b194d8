-- Pass 1: the provider's reference, amount and currency.
INSERT INTO pair
SELECT item.line, capture.id, item.day,
    (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, item.identity, item.gross,
    item.currency, %(pass)s, %(how)s, '{}'
FROM item
JOIN captures.capture ON capture.account = %(account)s
    AND capture.transaction = item.transaction
WHERE item.transaction <> '' AND capture.state = 'open' AND capture.kind = item.kind
  AND capture.amount = item.gross AND capture.currency = item.currency
  AND NOT EXISTS (
        SELECT FROM feesvc.match_pair AS taken
        WHERE taken.capture = capture.id AND taken.active
    )
