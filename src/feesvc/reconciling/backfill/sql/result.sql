-- One row for each line of the file: its pair, or the code that it has instead.
CREATE VIEW found AS
SELECT line, capture, pass, ''::code AS code FROM pair
UNION ALL
SELECT line, capture, ''::pass, code FROM break
