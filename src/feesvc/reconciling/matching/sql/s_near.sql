-- Pass 9: captures of the same amount whose references may be what a damaged one was.
SELECT item.line, item.identity, item.transaction, item.reference, item.day, capture.id,
    capture.transaction AS of_transaction, capture.reference AS of_reference,
    (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS of_day
FROM item
JOIN captures.capture ON capture.account = %(account)s AND capture.state = 'open'
    AND capture.kind = item.kind AND capture.amount = item.gross
    AND capture.currency = item.currency
    AND capture.occurred_at >= %(first)s AND capture.occurred_at < %(last)s
WHERE item.kind = 'payment' AND item.reference || item.transaction <> ''
  AND NOT EXISTS (
        SELECT FROM feesvc.match_member AS taken
        WHERE taken.item = 'capture:' || capture.id AND taken.active
    )
  AND NOT EXISTS (SELECT FROM pair WHERE pair.capture = capture.id)
  AND abs(
        item.day - (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
      ) <= %(reach)s
  AND NOT EXISTS (
        SELECT
        FROM feesvc.match_member AS other
        JOIN feesvc.match_member AS mine ON mine."group" = other."group"
        JOIN feesvc.match_group ON match_group.id = other."group"
        WHERE other.item = 'capture:' || capture.id AND NOT other.active
          AND mine.item = 'line:' || item.line AND match_group.state IN ('rejected', 'reversed')
    )
