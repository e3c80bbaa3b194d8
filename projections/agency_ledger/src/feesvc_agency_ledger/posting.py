"""Postings: signed amounts on accounts, made of an event by the rules in force. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from feesvc.domain.aggregate import Recorded
from feesvc_agency_ledger.closings import NONE, Closings
from feesvc_agency_ledger.days import occurred_on
from feesvc_agency_ledger.movements import Approvals, Dimensions, movements
from feesvc_agency_ledger.rules import Rules

BY_FEE = frozenset({1100, 2300, 2360, 2500})
"""Accounts that carry the fee item of their line: what is owed, and what was collected, by fee."""


class Unbalanced(Exception):
    """The postings of one event do not add up to zero: the ledger stops here."""


class Posting(NamedTuple):
    """One line of an entry. ``amount`` is in minor units: debits positive, credits negative."""

    position: int
    number: int
    """Counts the postings of one event."""
    agency: str
    currency: str
    account: int
    amount: int
    rule: str
    rules: int
    """The version of the rules."""
    booked_on: date
    """The day it was recorded, Asia/Ho_Chi_Minh; it never goes backwards along the log."""
    effective_on: date
    """The day it occurred, Asia/Ho_Chi_Minh."""
    counted_on: date
    """The day it counts in: when it occurred, or the next open day where that one was closed."""
    item: str
    """The fee item of the line, on accounts that are kept by fee."""
    about: Dimensions


def entry(
    recorded: Recorded,
    rules: Rules,
    approvals: Approvals,
    items: Mapping[tuple[UUID, int], str],
    booked_on: date,
    closings: Closings = NONE,
) -> list[Posting]:
    """What an event posts to its agency's book. Raises ``NoRule``, ``Unbalanced``."""
    postings: list[Posting] = []
    event = recorded.event
    effective_on = counted_on = date.min
    found = False
    for moved in movements(recorded, approvals):
        if not moved.amount.amount:
            continue
        rule = rules.rule(event.TOPIC, moved.case, moved.via)
        if rule is None:
            continue
        if not found:
            effective_on, found = occurred_on(recorded), True
            counted_on = closings.counted_on(recorded.agency, effective_on)
        amount, currency = moved.amount.amount, moved.amount.currency
        about = moved.source or moved.about
        for sign, accounts in ((amount, rule.debits), (-amount, rule.credits)):
            for account in accounts:
                item = _item(account, about, items)
                posting = Posting(
                    recorded.position, len(postings), recorded.agency, currency, account, sign,
                    rule.id, rules.number, booked_on, effective_on, counted_on, item,
                    about,
                )  # fmt: skip
                postings.append(posting)
                about = moved.about
    _check(recorded, postings)
    return postings


def _item(account: int, about: Dimensions, items: Mapping[tuple[UUID, int], str]) -> str:
    if account in BY_FEE and about.assessment is not None:
        return items[about.assessment, about.line]
    return ""


def _check(recorded: Recorded, postings: list[Posting]) -> None:
    sums: dict[str, int] = {}
    for posting in postings:
        sums[posting.currency] = sums.get(posting.currency, 0) + posting.amount
    if any(sums.values()):
        raise Unbalanced(f"{recorded.event.TOPIC} at {recorded.position}: {sums}")
