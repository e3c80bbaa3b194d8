-- Keep a file as it came; the same bytes for the same account are the same file.
INSERT INTO feesvc.source_file (
    id, agency, source, account, sha256, document, size, format, profile, profile_version,
    came_by, received_at, received_by, state, verdict, place, why, restores,
    restored_for
) VALUES (
    %(id)s, %(agency)s, %(source)s, %(account)s, %(sha256)s, %(document)s, %(size)s, %(format)s,
    %(profile)s, %(profile_version)s, %(came_by)s, %(received_at)s, %(received_by)s, %(state)s,
    %(verdict)s, %(place)s, %(why)s, %(restores)s, %(restored_for)s
)
ON CONFLICT (account, sha256) WHERE state NOT IN ('superseded', 'discarded') DO NOTHING
RETURNING id
