DELETE FROM held WHERE transfer = ANY(%s::uuid[])
