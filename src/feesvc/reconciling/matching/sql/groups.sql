-- Groups of an agency by run or state, by id.
SELECT made.*, run.account, true AS lines_open,
    (SELECT jsonb_agg(jsonb_build_object('side', member.side, 'item', member.item,
        'amount', member.amount) ORDER BY member.side, member.item)
     FROM feesvc.match_member AS member WHERE member."group" = made.id) AS members
FROM feesvc.match_group AS made
JOIN feesvc.match_run AS run ON run.id = made.run
WHERE made.agency = %(agency)s
  AND (%(run)s::uuid IS NULL OR made.run = %(run)s)
  AND (%(state)s::text IS NULL OR made.state = %(state)s)
  AND (%(after)s::uuid IS NULL OR made.id > %(after)s)
ORDER BY made.id
LIMIT %(rows)s
