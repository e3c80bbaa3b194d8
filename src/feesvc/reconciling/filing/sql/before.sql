-- The accepted statement right before this one: the last one up to its day, by number on one day.
-- Numbers alone tell no order: some banks begin anew each day.
SELECT id, ordinal, currency, identity, sequence, starts_on, ends_on, opening, closing, count,
    gross, commission, tax, net, state, superseded_by, file
FROM feesvc.statement
WHERE account = %(account)s AND currency = %(currency)s AND state = 'accepted'
    AND (sequence IS NOT NULL OR closing IS NOT NULL) AND id <> %(id)s
    AND (
        ends_on < %(ends_on)s::date
        OR ends_on = %(ends_on)s::date AND (
            sequence IS NULL OR %(sequence)s::bigint IS NULL OR sequence < %(sequence)s::bigint
        )
    )
ORDER BY ends_on DESC, sequence DESC NULLS LAST, ordinal DESC
LIMIT 1
