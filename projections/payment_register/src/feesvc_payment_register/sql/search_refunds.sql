-- Refunds of an agency by whatever is asked. A portal sees its own and those of its payments.
SELECT * FROM refund
WHERE agency = %(agency)s
  AND (%(before)s::bigint IS NULL OR position < %(before)s)
  AND (%(portal)s::text IS NULL OR portal = %(portal)s OR EXISTS (
        SELECT FROM taken
        JOIN transfer ON transfer.id = taken.transfer
        JOIN payment ON payment.id = transfer.payment
        WHERE taken.refund = refund.id AND payment.portal = %(portal)s))
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(method)s::text IS NULL OR method = %(method)s)
  AND (%(reference)s::text IS NULL OR (reference = %(reference)s AND reference <> ''))
  AND (%(currency)s::text IS NULL OR currency = %(currency)s)
  AND (%(least)s::bigint IS NULL OR amount >= %(least)s)
  AND (%(most)s::bigint IS NULL OR amount <= %(most)s)
  AND (%(since)s::timestamptz IS NULL OR requested_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR requested_at < %(until)s)
ORDER BY position DESC
LIMIT %(rows)s
