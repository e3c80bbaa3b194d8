"""Ordering: one truth, everything that tells of it, and whatever comes first."""
