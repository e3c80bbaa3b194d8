"""A year of dossiers through the service's own commands, its content decided by a seed."""
