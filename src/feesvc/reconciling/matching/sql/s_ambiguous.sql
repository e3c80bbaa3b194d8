-- Several captures for one line: never guessed. What was found first by other lines is no candidate.
INSERT INTO break
SELECT candidate.line, candidate.identity, candidate.gross, candidate.currency, 'S20',
    array_agg(candidate.capture ORDER BY candidate.capture)
FROM candidate
WHERE NOT EXISTS (SELECT FROM pair WHERE pair.line = candidate.line)
  AND NOT EXISTS (SELECT FROM break WHERE break.line = candidate.line)
GROUP BY candidate.line, candidate.identity, candidate.gross, candidate.currency
