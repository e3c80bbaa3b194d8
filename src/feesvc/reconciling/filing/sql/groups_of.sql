SELECT DISTINCT coalesce("group", id) AS "group" FROM feesvc.match_pair
WHERE line = ANY(%(lines)s) AND active
ORDER BY 1
