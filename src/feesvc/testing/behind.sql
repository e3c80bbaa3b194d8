-- Every follower of the log that has something to do now, or found somebody at its files' accounts.
SELECT p.name, p.position, l.position AS head
  FROM feesvc.log l CROSS JOIN feesvc.projection p
 WHERE p.position < l.position
UNION ALL
SELECT k.process, coalesce(p.position, 0), l.position
  FROM feesvc.log l
 CROSS JOIN (SELECT process, array_agg(topic) AS topics
               FROM unnest(%(processes)s::text[], %(topics)s::text[]) u(process, topic)
              GROUP BY process) k
  LEFT JOIN feesvc.process p ON p.name = k.process AND p.log = l.name
 WHERE EXISTS (SELECT FROM feesvc.event e
                WHERE e.log = l.name AND e.position > coalesce(p.position, 0)
                  AND e.topic = ANY (k.topics))
    OR EXISTS (SELECT FROM feesvc.due d
                WHERE d.process = k.process AND d.log = l.name
                  AND (d.at <= %(now)s OR d.process = 'filing' AND d.at <= %(soon)s))
