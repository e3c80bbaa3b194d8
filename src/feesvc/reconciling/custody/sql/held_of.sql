SELECT transfer, item, beneficiary, agency, amount FROM held WHERE transfer = ANY(%s::uuid[])
