SELECT DISTINCT "group" FROM feesvc.match_member
WHERE item = ANY(%(items)s) AND active
ORDER BY "group"
