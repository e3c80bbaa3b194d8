SELECT * FROM transfer WHERE payment = ANY(%(payments)s) ORDER BY position
