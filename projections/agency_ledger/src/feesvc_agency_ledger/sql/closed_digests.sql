-- Day by day, so that no text grows beyond a day's postings; a period without postings has a digest
-- as well, so that a rebuild that put one there is seen.
WITH told AS (
    SELECT p.agency, p.counted_on,
           encode(sha256(string_agg(
               concat_ws(' ', p.position, p.number, p.currency, p.account, p.amount, p.booked_on,
                         p.effective_on, p.item, p.assessment, p.line, p.transfer),
               E'\n' ORDER BY p.position, p.number)::bytea), 'hex') AS digest
      FROM posting p
     WHERE EXISTS (
           SELECT FROM closing c
            WHERE c.closed AND c.agency = p.agency
              AND p.counted_on BETWEEN c.starts_on AND c.ends_on)
     GROUP BY p.agency, p.counted_on
)
SELECT c.agency || ' ' || c.name AS period,
       encode(sha256(coalesce(
           string_agg(t.counted_on || ' ' || t.digest, E'\n' ORDER BY t.counted_on), '')::bytea),
           'hex') AS digest
  FROM closing c
  LEFT JOIN told t ON t.agency = c.agency AND t.counted_on BETWEEN c.starts_on AND c.ends_on
 WHERE c.closed
 GROUP BY c.agency, c.name
