-- One group with its members; lines as they stand.
SELECT made.*, run.account,
    (SELECT jsonb_agg(jsonb_build_object('side', member.side, 'item', member.item,
        'amount', member.amount) ORDER BY member.side, member.item)
     FROM feesvc.every_member AS member WHERE member."group" = made.id) AS members,
    (SELECT bool_and(line.state = 'open')
     FROM feesvc.every_member AS member
     JOIN feesvc.line ON line.id = member.line
     WHERE member."group" = made.id) AS lines_open
FROM feesvc.every_group AS made
JOIN feesvc.match_run AS run ON run.id = made.run
WHERE made.id = %(id)s
