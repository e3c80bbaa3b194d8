SELECT id FROM feesvc.answer(%(log)s, %(ids)s, %(statuses)s, %(locations)s, %(answers)s) AS a(id)
