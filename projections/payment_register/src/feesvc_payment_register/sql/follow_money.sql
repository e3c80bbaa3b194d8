-- The state of every payment that something of this batch concerns: the attempt's own, until money
-- met it. "Paid" is a payment whose money stands on lines and whose assessments are all paid.
WITH concerned AS (
    SELECT id FROM unnest(%(payments)s::uuid[]) AS id
    UNION
    SELECT payment FROM asked WHERE assessment = ANY(%(assessments)s::uuid[])
    UNION
    SELECT payment FROM transfer WHERE id = ANY(%(transfers)s::uuid[]) AND payment IS NOT NULL
    UNION
    SELECT transfer.payment FROM taken JOIN transfer ON transfer.id = taken.transfer
    WHERE taken.refund = ANY(%(refunds)s::uuid[]) AND transfer.payment IS NOT NULL
)
UPDATE payment SET
    received = coalesce(money.received, 0),
    refunded = coalesce(money.refunded, 0),
    state = CASE
        WHEN money.received IS NULL THEN payment.attempt
        WHEN money.reversed THEN 'reversed'
        WHEN money.disputed > 0 THEN 'disputed'
        WHEN money.lost > 0 THEN 'dispute_lost'
        WHEN money.refunded >= money.received THEN 'refunded'
        WHEN money.refunded > 0 THEN 'part_refunded'
        WHEN money.paying > 0 AND money.all_paid THEN 'paid'
        ELSE 'received' END
FROM concerned, LATERAL (
    SELECT sum(transfer.amount - transfer.disclaimed) AS received,
           sum(transfer.refunded) AS refunded,
           sum(transfer.disputed) AS disputed,
           sum(transfer.lost) AS lost,
           sum(transfer.paying) AS paying,
           bool_and(transfer.reversed > 0) AS reversed,
           (SELECT bool_and(assessment.state = 'paid')
            FROM asked JOIN assessment ON assessment.id = asked.assessment
            WHERE asked.payment = concerned.id) AS all_paid
    FROM transfer WHERE transfer.payment = concerned.id
) AS money
WHERE payment.id = concerned.id
