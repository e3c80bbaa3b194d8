"""Reconciling: the calendar, and how what others say is matched with what is on record."""
