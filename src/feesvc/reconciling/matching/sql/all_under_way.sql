SELECT agency, account, leg FROM feesvc.match_run WHERE state = 'under_way' ORDER BY started_at
