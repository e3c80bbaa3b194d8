-- Groups and pairs of an agency by run or state, by id. Each is asked apart, and pairs of no run for
-- each state apart, so that a page of many pairs reads no more of them than it holds.
SELECT made.*, run.account, true AS lines_open,
    (SELECT jsonb_agg(jsonb_build_object('side', member.side, 'item', member.item,
        'amount', member.amount) ORDER BY member.side, member.item)
     FROM feesvc.every_member AS member WHERE member."group" = made.id) AS members
FROM (
    (SELECT *
    FROM feesvc.match_group
    WHERE agency = %(agency)s
      AND (%(run)s::uuid IS NULL OR run = %(run)s)
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(after)s::uuid IS NULL OR id > %(after)s)
    ORDER BY id
    LIMIT %(rows)s)
    UNION ALL
    (SELECT *
    FROM feesvc.single_pair
    WHERE agency = %(agency)s AND %(run)s::uuid IS NOT NULL AND run = %(run)s
      AND id BETWEEN feesvc.pair_id(%(run)s, 0)
          AND feesvc.pair_id(%(run)s, 9223372036854775807)
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(after)s::uuid IS NULL OR id > %(after)s)
    ORDER BY id
    LIMIT %(rows)s)
    UNION ALL
    (SELECT listed.*
    FROM unnest(ARRAY['confirmed', 'posted', 'reversed']) AS asked(state)
    CROSS JOIN LATERAL (
        SELECT *
        FROM feesvc.single_pair
        WHERE agency = %(agency)s AND single_pair.state = asked.state
          AND (%(after)s::uuid IS NULL OR id > %(after)s)
        ORDER BY id
        LIMIT %(rows)s
    ) AS listed
    WHERE %(run)s::uuid IS NULL AND (%(state)s::text IS NULL OR asked.state = %(state)s))
) AS made
JOIN feesvc.match_run AS run ON run.id = made.run
ORDER BY made.id
LIMIT %(rows)s
