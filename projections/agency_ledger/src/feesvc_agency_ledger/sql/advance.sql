UPDATE progress SET position = %s, booked_on = %s
