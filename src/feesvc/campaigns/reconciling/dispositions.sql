-- What became of every line of the given files, one row a line: how often it stands in an active
-- match, and the signed sum of that match. A line whose file was restated may stand again in the
-- file that took its place.
SELECT file.id AS file, statement.id AS statement, statement.state AS standing,
    statement.identity AS written_as, statement.source, line.id, line.account, line.leg,
    line.identity, line.native_id, line.state, line.reason, line.gross, line.net, line.currency,
    (SELECT count(*) FROM feesvc.match_pair AS pair
      WHERE pair.line = line.id AND pair.active) AS matches
FROM feesvc.source_file AS file
JOIN feesvc.statement ON statement.file = file.id
LEFT JOIN feesvc.line ON line.statement = statement.id
WHERE file.id = ANY(%(files)s)
ORDER BY file.id, line.id
