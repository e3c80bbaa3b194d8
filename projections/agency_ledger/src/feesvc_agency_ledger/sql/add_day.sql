INSERT INTO booked_day (booked_on, first) VALUES (%s, %s)
