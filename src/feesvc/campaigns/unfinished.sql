-- Whether a refund that was approved has no end yet: it may wait to be looked up, and sent again.
SELECT EXISTS (
    SELECT FROM (
        SELECT DISTINCT ON (stream) topic FROM feesvc.event
         WHERE topic LIKE 'refund.%'
         ORDER BY stream, version DESC
    ) AS last
     WHERE topic IN ('refund.approved', 'refund.instructed', 'refund.accepted')
)
