-- What is certain of the candidates: one capture for the line, and one line for the capture.
WITH several_captures AS (
    SELECT line FROM candidate GROUP BY line HAVING count(*) > 1
), several_lines AS (
    SELECT capture FROM candidate GROUP BY capture HAVING count(*) > 1
)
INSERT INTO pair
SELECT candidate.*, %(pass)s, %(how)s, '{}'
FROM candidate
WHERE NOT EXISTS (SELECT FROM several_captures WHERE several_captures.line = candidate.line)
  AND NOT EXISTS (SELECT FROM several_lines WHERE several_lines.capture = candidate.capture)
