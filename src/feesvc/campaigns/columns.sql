-- The columns of every table of a schema that say something of the money: no ids, no times.
SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attname) AS columns
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relkind = 'r'
   AND a.atttypid = ANY ('{text,int2,int4,int8,bool,"\"char\""}'::regtype[])
   AND NOT a.attname::text = ANY (%(without)s)
 GROUP BY c.relname
 ORDER BY c.relname
