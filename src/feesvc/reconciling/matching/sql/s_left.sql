-- What the first pass left, which is little: the dead rows of the rest would be read by each pass.
CREATE TEMP TABLE item_left ON COMMIT DROP AS
SELECT *
FROM item
WHERE NOT EXISTS (SELECT FROM pair WHERE pair.line = item.line)
  AND NOT EXISTS (SELECT FROM break WHERE break.line = item.line)
