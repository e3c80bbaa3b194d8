-- The accepted statement right before this one: by number where both have one, else by day.
SELECT id, ordinal, currency, identity, sequence, starts_on, ends_on, opening, closing, count,
    gross, commission, tax, net, state, superseded_by, file
FROM feesvc.statement
WHERE account = %(account)s AND currency = %(currency)s AND state = 'accepted'
    AND (
        (
            %(sequence)s::bigint IS NOT NULL AND sequence IS NOT NULL
            AND extract(year FROM ends_on) = extract(year FROM %(ends_on)s::date)
            AND sequence < %(sequence)s::bigint
        )
        OR (
            (%(sequence)s::bigint IS NULL OR sequence IS NULL
                OR extract(year FROM ends_on) < extract(year FROM %(ends_on)s::date))
            AND closing IS NOT NULL AND ends_on <= %(ends_on)s::date
        )
    )
ORDER BY extract(year FROM ends_on) DESC, sequence DESC NULLS LAST, ends_on DESC, ordinal DESC
LIMIT 1
