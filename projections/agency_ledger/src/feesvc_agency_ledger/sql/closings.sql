SELECT * FROM closing WHERE agency = ANY(%s::text[]) AND ends_on >= %s
