DROP TABLE IF EXISTS item, candidate, pair, break
