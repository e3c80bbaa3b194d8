"""What the service does by itself, each in answer to events: receipts, look-ups, refunds."""

from __future__ import annotations

from feesvc.application.house import House
from feesvc.processes.budget_claims import BudgetClaims
from feesvc.processes.clocks import Clocks
from feesvc.processes.differences import Differences
from feesvc.processes.filing import Filing
from feesvc.processes.lookups import Lookups
from feesvc.processes.payouts import Payouts
from feesvc.processes.receipts import Receipts
from feesvc.processes.refund_proposals import RefundProposals
from feesvc.processes.refunding import Refunding
from feesvc.processes.requerying import Requerying
from feesvc.reacting import Process

KINDS = (
    Receipts, RefundProposals, Refunding, Lookups, Differences, Clocks, BudgetClaims, Filing,
    Payouts, Requerying,
)  # fmt: skip


def every(house: House) -> tuple[Process, ...]:
    """All of them, sharing a house."""
    return tuple(kind(house) for kind in KINDS)
