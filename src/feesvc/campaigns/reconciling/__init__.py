"""The parts of the campaign ``reconciliation``: the ground, what happens on it, what is found."""
