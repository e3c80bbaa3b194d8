WITH kept AS (
    INSERT INTO stock.command (id, principal, fingerprint, actor, cause, status, location, answer)
    VALUES (%(id)s, %(principal)s, %(fingerprint)s, %(actor)s, %(cause)s, %(status)s,
            %(location)s, %(answer)s)
)
INSERT INTO stock.fact (stream, version, agency, command)
SELECT e.stream, e.version, e.agency, %(id)s
  FROM unnest(%(streams)s, %(versions)s, %(agencies)s) AS e (stream, version, agency)
