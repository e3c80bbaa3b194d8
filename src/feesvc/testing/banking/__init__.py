"""A bank of our own making: accounts with running balances, and the statements that it sends.

Written by us, with writers that share no code with the readers of the service.
"""

from __future__ import annotations

from feesvc.testing.banking.accounts import Account, Day, Entry

__all__ = ["Account", "Day", "Entry"]
