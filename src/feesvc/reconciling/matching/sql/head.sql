SELECT max(position) AS position FROM feesvc.log
