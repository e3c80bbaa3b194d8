-- Pass 9: captures that damaged references may be of, each once: of an amount that is left over,
-- around the days of what is left over, and not matched.
SELECT capture.id, capture.amount, capture.currency, capture.transaction, capture.reference,
    (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
FROM captures.capture
WHERE capture.account = %(account)s AND capture.state = 'open' AND capture.kind = 'payment'
  AND capture.occurred_at >= %(first)s AND capture.occurred_at < %(last)s
  AND (capture.amount, capture.currency) IN (
        SELECT gross, currency FROM item WHERE kind = 'payment' AND reference || transaction <> ''
    )
  AND NOT EXISTS (SELECT FROM pair WHERE pair.capture = capture.id)
  AND NOT EXISTS (
        SELECT FROM feesvc.match_member AS taken
        WHERE taken.item = 'capture:' || capture.id AND taken.active
    )
