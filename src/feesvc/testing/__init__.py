"""Contract kits that a slice's tests inherit, and what counterparts are built of."""
