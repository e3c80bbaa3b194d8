"""Forging: the catalogue of notifications that no honest intermediary sends, a function each."""
