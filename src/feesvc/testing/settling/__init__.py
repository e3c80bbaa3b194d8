"""What intermediaries hand over at the end of a session: batches of their books, as documents.

A counterpart says its layout (``Counterpart.settles``), nothing more; the rest is here once. It
shares no code with the readers of the service, so a document proves what was read from it.
"""

from __future__ import annotations

from feesvc.testing.settling.batches import Batch, Sessions
from feesvc.testing.settling.layouts import Column, Layout
from feesvc.testing.settling.movements import ContractTariff, Movement

__all__ = ["Batch", "Column", "ContractTariff", "Layout", "Movement", "Sessions"]
