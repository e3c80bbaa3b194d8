-- Money that an agency received, by whatever is asked; the comparisons with zero use partial indexes.
SELECT * FROM transfer
WHERE agency = %(agency)s
  AND (%(before)s::bigint IS NULL OR position < %(before)s)
  AND (%(portal)s::text IS NULL OR EXISTS (
        SELECT FROM payment WHERE payment.id = transfer.payment AND payment.portal = %(portal)s))
  AND (%(placed)s::text IS DISTINCT FROM 'suspense' OR suspense > 0)
  AND (%(placed)s::text IS DISTINCT FROM 'credit' OR credit > 0)
  AND (%(placed)s::text IS DISTINCT FROM 'line' OR on_lines > 0)
  AND (%(placed)s::text IS DISTINCT FROM 'held' OR EXISTS (
        SELECT FROM bucket
        WHERE bucket.transfer = transfer.id AND bucket.place = 'held' AND bucket.amount > 0))
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(transaction)s::text IS NULL OR transaction = %(transaction)s)
  AND (%(reference)s::text IS NULL OR (reference = %(reference)s AND reference <> ''))
  AND (%(intermediary)s::text IS NULL OR intermediary = %(intermediary)s)
  AND (%(payment)s::uuid IS NULL OR payment = %(payment)s)
  AND (%(currency)s::text IS NULL OR currency = %(currency)s)
  AND (%(least)s::bigint IS NULL OR amount >= %(least)s)
  AND (%(most)s::bigint IS NULL OR amount <= %(most)s)
  AND (%(since)s::timestamptz IS NULL OR occurred_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR occurred_at < %(until)s)
ORDER BY position DESC
LIMIT %(rows)s
