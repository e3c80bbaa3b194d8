"""Contract kits that a slice's tests inherit, and what counterparts of intermediaries are built of."""
