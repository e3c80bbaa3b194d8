SELECT nextval('feesvc.number')
