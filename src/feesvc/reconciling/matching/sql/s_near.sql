-- Pass 9: captures that damaged references may be of, each once: of an amount that is left over,
-- around the days of what is left over, not matched, and with a key no longer than such a reference
-- could be, had it lost as many letters as it may.
WITH damaged AS MATERIALIZED (
    SELECT gross, currency,
        max(greatest(length(transaction), length(reference))) + %(distance)s AS longest
    FROM item
    WHERE kind = 'payment' AND reference || transaction <> ''
    GROUP BY gross, currency
)
SELECT capture.id, capture.amount, capture.currency, capture.transaction, capture.reference,
    (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
FROM captures.capture
JOIN damaged ON damaged.gross = capture.amount AND damaged.currency = capture.currency
WHERE capture.account = %(account)s AND capture.state = 'open' AND capture.kind = 'payment'
  AND capture.occurred_at >= %(first)s AND capture.occurred_at < %(last)s
  AND (length(capture.transaction) BETWEEN 1 AND damaged.longest
       OR length(capture.reference) BETWEEN 1 AND damaged.longest)
  AND NOT EXISTS (SELECT FROM pair WHERE pair.capture = capture.id)
  AND NOT EXISTS (
        SELECT FROM feesvc.match_pair AS taken
        WHERE taken.capture = capture.id AND taken.active
    )
