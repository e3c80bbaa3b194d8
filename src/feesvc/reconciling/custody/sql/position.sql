SELECT position FROM feesvc.projection WHERE name = 'custody'
