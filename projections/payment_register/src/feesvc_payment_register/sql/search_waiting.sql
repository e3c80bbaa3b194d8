-- Free money that stands in suspense, as a credit or held for another agency, oldest first.
SELECT bucket.transfer, bucket.place, bucket.line,
       nullif(bucket.assessment, '00000000-0000-0000-0000-000000000000') AS assessment,
       bucket.beneficiary, bucket.reason, bucket.amount, transfer.currency, bucket.since,
       greatest((%(today)s::date - (bucket.since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date), 0) AS days,
       transfer.payment, transfer.via, transfer.intermediary, transfer.transaction,
       transfer.reference,
       (SELECT reclassification.id FROM reclassification
        WHERE reclassification.transfer = bucket.transfer AND reclassification.state = 'requested'
          AND reclassification.place = bucket.place
        ORDER BY reclassification.position LIMIT 1) AS asked
FROM bucket JOIN transfer ON transfer.id = bucket.transfer
WHERE transfer.agency = %(agency)s
  AND bucket.place <> 'line' AND bucket.amount > 0
  AND (%(kind)s::text IS NULL OR bucket.place = %(kind)s)
  AND (%(reason)s::text IS NULL OR bucket.reason = %(reason)s)
  AND (%(portal)s::text IS NULL OR EXISTS (
        SELECT FROM payment WHERE payment.id = transfer.payment AND payment.portal = %(portal)s))
  AND (%(intermediary)s::text IS NULL OR transfer.intermediary = %(intermediary)s)
  AND (%(via)s::text IS NULL OR transfer.via = %(via)s)
  AND (%(currency)s::text IS NULL OR transfer.currency = %(currency)s)
  AND (%(least)s::bigint IS NULL OR bucket.amount >= %(least)s)
  AND (%(most)s::bigint IS NULL OR bucket.amount <= %(most)s)
  AND (%(older)s::date IS NULL
       OR (bucket.since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= %(older)s::date)
  AND (%(at_since)s::timestamptz IS NULL
       OR (bucket.since, bucket.transfer, bucket.place, bucket.assessment, bucket.beneficiary)
        > (%(at_since)s::timestamptz, %(at_transfer)s::uuid, %(at_place)s::text,
           %(at_assessment)s::uuid, %(at_beneficiary)s::text))
ORDER BY bucket.since, bucket.transfer, bucket.place, bucket.assessment, bucket.beneficiary
LIMIT %(rows)s
