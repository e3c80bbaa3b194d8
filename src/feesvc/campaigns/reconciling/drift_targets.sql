-- Of every projection, the texts that may say anything: of tables whose rows are an agency's, and
-- that no constraint or trigger holds.
SELECT space.nspname AS projection, rel.relname AS relation, col.attname AS attribute
FROM pg_class AS rel
JOIN pg_namespace AS space ON space.oid = rel.relnamespace
JOIN pg_attribute AS col ON col.attrelid = rel.oid AND col.attnum > 0 AND NOT col.attisdropped
WHERE rel.relkind = 'r' AND space.nspname = ANY(%(projections)s)
  AND col.atttypid = 'text'::regtype AND col.attgenerated = ''
  AND col.attname <> 'agency'
  AND EXISTS (SELECT FROM pg_attribute AS whose
               WHERE whose.attrelid = rel.oid AND whose.attname = 'agency')
  AND NOT EXISTS (SELECT FROM pg_constraint AS held
                   WHERE held.conrelid = rel.oid AND held.contype <> 'n'
                     AND col.attnum = ANY(held.conkey))
  AND NOT EXISTS (SELECT FROM pg_trigger AS watched
                   WHERE watched.tgrelid = rel.oid AND NOT watched.tgisinternal)
ORDER BY space.nspname, rel.relname, col.attname
