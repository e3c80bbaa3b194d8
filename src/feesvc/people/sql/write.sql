-- What is stated now replaces what was stated before, in details and in index rows alike.
WITH detailed AS (
    INSERT INTO feesvc.person_detail (subject, field, sealed)
    SELECT %(subject)s, given.field, given.sealed
    FROM unnest(%(fields)s::text[], %(sealed)s::bytea[]) AS given (field, sealed)
    ON CONFLICT (subject, field) DO UPDATE SET sealed = excluded.sealed
), forgotten AS (
    DELETE FROM feesvc.person_index
    WHERE subject = %(subject)s AND index_name = ANY (%(replaced)s::text[])
      AND (index_name, digest) NOT IN (
          SELECT * FROM unnest(%(indexes)s::text[], %(digests)s::bytea[])
      )
)
INSERT INTO feesvc.person_index (subject, index_name, key_id, digest)
SELECT %(subject)s, given.index_name, given.key_id, given.digest
FROM unnest(%(indexes)s::text[], %(key_ids)s::text[], %(digests)s::bytea[])
    AS given (index_name, key_id, digest)
ON CONFLICT DO NOTHING
