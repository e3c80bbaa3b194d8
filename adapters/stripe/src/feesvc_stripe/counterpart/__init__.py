"""A strict, stateful stand-in for Stripe, in process or on loopback. Written by us."""
