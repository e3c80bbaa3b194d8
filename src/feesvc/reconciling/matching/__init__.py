"""Matching: the passes that find what belongs together, keys first, and never a guess."""
