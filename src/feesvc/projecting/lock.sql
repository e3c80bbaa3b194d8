SELECT version, position FROM feesvc.projection WHERE name = %s FOR UPDATE
