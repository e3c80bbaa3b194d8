-- What of a transfer is in refunds on their way, and what went back: by the refunds' own states,
-- so that one that came back counts as on its way again.
UPDATE transfer SET refunding = sums.refunding, refunded = sums.refunded
FROM (
    SELECT taken.transfer,
           coalesce(sum(taken.amount) FILTER (WHERE refund.state NOT IN ('paid', 'rejected')), 0)
               AS refunding,
           coalesce(sum(taken.amount) FILTER (WHERE refund.state = 'paid'), 0) AS refunded
    FROM taken JOIN refund ON refund.id = taken.refund
    WHERE taken.transfer IN (SELECT transfer FROM taken WHERE refund = ANY(%(refunds)s))
    GROUP BY taken.transfer
) AS sums
WHERE transfer.id = sums.transfer
