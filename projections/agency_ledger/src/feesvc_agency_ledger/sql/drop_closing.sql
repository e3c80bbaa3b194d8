DELETE FROM closing WHERE agency = %s AND name = %s
