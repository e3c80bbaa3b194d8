-- Captures that several lines met and none has: of what agreed nothing else was kept.
SELECT capture FROM candidate
ANTI JOIN pair USING (capture)
ANTI JOIN capture ON capture.id = candidate.capture
LIMIT 1
