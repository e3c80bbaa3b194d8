-- A page of one account's arrivals, newest first; what is NULL is not asked.
SELECT id, account, intermediary, received_at, verdict, method, size, message, envelope, keys,
       outcomes
FROM feesvc.inbox
WHERE account = %(account)s
  AND (%(verdict)s::text IS NULL OR verdict = %(verdict)s)
  AND (%(message)s::text IS NULL OR message = %(message)s)
  AND (%(since)s::timestamptz IS NULL OR received_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR received_at < %(until)s)
  AND (%(before)s::bigint IS NULL OR (received_at, id) < (
      SELECT received_at, id FROM feesvc.inbox WHERE id = %(before)s AND account = %(account)s))
ORDER BY received_at DESC, id DESC
LIMIT %(limit)s
