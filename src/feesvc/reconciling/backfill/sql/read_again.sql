-- Those captures, read again: it is seldom that there are any.
INSERT INTO capture
SELECT id, transaction, key(reference), amount, currency, day
FROM every_capture
SEMI JOIN (SELECT capture FROM candidate ANTI JOIN pair USING (capture)) AS rest
    ON rest.capture = every_capture.id
ANTI JOIN capture ON capture.id = every_capture.id
