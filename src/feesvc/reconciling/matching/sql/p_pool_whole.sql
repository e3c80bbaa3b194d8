-- A match is looked at whole: a line of another day that stands in one with a line of the period.
INSERT INTO pool
SELECT line FROM stood WHERE side = 'B'
ON CONFLICT DO NOTHING
