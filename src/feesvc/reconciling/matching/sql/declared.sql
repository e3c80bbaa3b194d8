-- What the account's accepted statements say that they hold.
SELECT currency, sum(count)::bigint AS lines, sum(net)::bigint AS net
FROM feesvc.statement
WHERE account = %(account)s AND state = 'accepted' AND ends_on <= %(as_of)s
GROUP BY currency
ORDER BY currency
