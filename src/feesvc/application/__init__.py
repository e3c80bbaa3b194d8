"""The write side: one command per function. Load, decide, append."""
