-- Destroy the bytes of an account's older arrivals, but not of what came again since, or elsewhere.
WITH named AS (
    SELECT name,
           bool_and(account = %(account)s AND received_at < %(before)s
                    AND (%(verdict)s::text IS NULL OR verdict = %(verdict)s)) AS old
    FROM feesvc.inbox, LATERAL (VALUES (message), (envelope)) AS documents (name)
    WHERE name IS NOT NULL
    GROUP BY name
)
UPDATE feesvc.document
SET key_id = NULL, wrapped = NULL, sealed = NULL,
    erased_at = clock_timestamp(), erased_reason = %(reason)s, erased_by = %(actor)s
FROM named
WHERE document.name = named.name AND named.old AND erased_at IS NULL
RETURNING document.name, document.kind
