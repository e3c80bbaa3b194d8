-- Of these items, those that are in an active match.
SELECT item FROM feesvc.match_member WHERE item = ANY (%(items)s) AND active
UNION ALL
SELECT 'capture:' || capture FROM feesvc.match_pair
WHERE active AND capture IN (
    SELECT substr(item, 9)::uuid FROM unnest(%(items)s::text[]) AS told (item)
    WHERE item LIKE 'capture:%%'
)
