SELECT position FROM feesvc.projection WHERE name = 'line_money'
