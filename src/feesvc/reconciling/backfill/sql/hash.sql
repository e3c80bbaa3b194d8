-- A hash of all that was found: a sum of hashes, which no order changes.
SELECT concat(to_hex(sum(hash(line, capture, pass::VARCHAR, code::VARCHAR))::UHUGEINT), '-', count(*)) FROM found
