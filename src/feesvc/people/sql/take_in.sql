-- One arrival, with the documents of it that are not kept yet.
WITH kept AS (
    INSERT INTO feesvc.document (name, kind, key_id, wrapped, sealed)
    SELECT name, kind, key_id, wrapped, sealed
    FROM unnest(%(names)s::text[], %(kinds)s::text[], %(key_ids)s::text[], %(wrapped)s::bytea[],
                %(sealed)s::bytea[]) AS given (name, kind, key_id, wrapped, sealed)
    ORDER BY name
    ON CONFLICT DO NOTHING
)
INSERT INTO feesvc.inbox
    (account, intermediary, received_at, verdict, method, size, message, envelope, keys, outcomes)
VALUES (%(account)s, %(intermediary)s, %(received_at)s, %(verdict)s, %(method)s, %(size)s,
        %(message)s, %(envelope)s, %(keys)s, %(outcomes)s)
