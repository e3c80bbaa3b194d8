UPDATE feesvc.source_file
SET format = %(format)s, profile = %(profile)s, profile_version = %(profile_version)s,
    state = %(state)s, verdict = %(verdict)s, place = %(place)s, why = %(why)s
WHERE id = %(id)s AND state = 'quarantined'
RETURNING id
