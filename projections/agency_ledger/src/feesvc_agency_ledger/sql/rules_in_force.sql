SELECT version, since FROM rules_in_force
