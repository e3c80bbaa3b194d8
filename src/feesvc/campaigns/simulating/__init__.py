"""Simulating: payments by the thousand while everything that can go wrong does, then it heals."""
