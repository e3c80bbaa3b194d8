UPDATE feesvc.source_file
SET state = %(state)s, verdict = %(verdict)s, place = %(place)s, why = %(why)s
WHERE id = %(id)s AND state = ANY(%(during)s)
RETURNING id
