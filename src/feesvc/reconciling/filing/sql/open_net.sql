SELECT coalesce(sum(net), 0)::bigint AS net FROM feesvc.line
WHERE statement = %(statement)s AND state = 'open'
