-- A new subject with all that is known of it, in one round trip; nothing when it exists already.
WITH fresh AS (
    INSERT INTO feesvc.person (subject) VALUES (%(subject)s)
    ON CONFLICT DO NOTHING
    RETURNING subject
), keyed AS (
    INSERT INTO feesvc.person_key (subject, key_id, wrapped)
    SELECT subject, %(key_id)s, %(wrapped)s FROM fresh
), detailed AS (
    INSERT INTO feesvc.person_detail (subject, field, sealed)
    SELECT fresh.subject, given.field, given.sealed
    FROM fresh, unnest(%(fields)s::text[], %(sealed)s::bytea[]) AS given (field, sealed)
), indexed AS (
    INSERT INTO feesvc.person_index (subject, index_name, key_id, digest)
    SELECT fresh.subject, given.index_name, given.key_id, given.digest
    FROM fresh, unnest(%(indexes)s::text[], %(key_ids)s::text[], %(digests)s::bytea[])
        AS given (index_name, key_id, digest)
)
SELECT count(*) AS made FROM fresh
