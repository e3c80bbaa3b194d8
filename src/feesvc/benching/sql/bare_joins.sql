-- The joins of both keys alone: lines with captures of the same amount.
CREATE TEMP TABLE bare_pair AS
SELECT line.id AS line, capture.id AS capture
FROM feesvc.told_line AS line
JOIN captures.capture ON capture.account = line.account
    AND capture.transaction = line.transaction AND capture.amount = line.gross
    AND capture.currency = line.currency
WHERE line.state = 'stands'
UNION ALL
SELECT line.id, capture.id
FROM feesvc.told_line AS line
JOIN captures.capture ON capture.account = line.account AND capture.reference = line.reference
    AND capture.amount = line.gross AND capture.currency = line.currency
WHERE line.state = 'stands' AND line.reference <> ''
