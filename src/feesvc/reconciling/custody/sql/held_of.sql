SELECT transfer, item, beneficiary, amount FROM held WHERE transfer = ANY(%s::uuid[])
