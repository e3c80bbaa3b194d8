-- Payments of the days of a settlement that nothing has settled: ours, and not theirs.
SELECT capture.transaction, capture.reference, capture.amount, capture.currency,
    (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
FROM captures.capture
WHERE capture.account = %(account)s AND capture.kind = 'payment' AND capture.state = 'open'
  AND capture.currency = %(currency)s
  AND (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
      BETWEEN %(starts_on)s AND %(ends_on)s
  AND NOT EXISTS (
        SELECT FROM feesvc.match_pair AS taken
        WHERE taken.capture = capture.id AND taken.active
    )
ORDER BY capture.occurred_at, capture.id
