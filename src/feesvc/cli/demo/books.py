"""The books: what every agency's ledger says over HTTP, held against what was worked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feesvc.cli.demo.asking import awaited
from feesvc.cli.demo.registering import Town
from feesvc.cli.demo.script import Counts, Ledger, Outcome, script
from feesvc.cli.sample import sample


def agencies() -> list[str]:
    return sorted(agency.code for agency in sample().agencies)


def assessments(town: Town, raised: int) -> dict[str, Any]:
    """All assessments by id, once ``raised`` are there and each that is paid has its receipt."""

    def settled() -> dict[str, Any] | None:
        found = {a["id"]: a for agency in agencies() for a in _registered(town, agency)}
        done = all(a["receipt_number"] or a["state"] != "paid" for a in found.values())
        return found if done and len(found) >= raised else None

    return awaited("the last receipt number", settled)


def outcome(town: Town) -> Outcome:
    """Every agency's own book, as far as the log goes, and how much of everything there is."""
    auditor = town.people["auditor"]
    at = f"/agencies/{agencies()[0]}/{script().register}/payments"
    position = awaited("the end of the log", lambda: _end(town, at))
    ledgers = [
        ledger
        for agency in agencies()
        for ledger in _ledgers(
            agency,
            auditor.get(
                f"/agencies/{agency}/{script().ledger}/trial-balance",
                units="own", at_least=position,
            ),
        )
    ]  # fmt: skip
    events = int(position.rpartition("-")[2])
    return Outcome(ledgers=tuple(ledgers), counts=_counts(town, position, events))


def differences(ours: Outcome, expected: Outcome) -> list[str]:
    """What is not as worked by hand, a line each; nothing where everything is."""
    found, wanted = _figures(ours), _figures(expected)
    return [
        f"{name}: {found.get(name, 'not there')}, by hand {wanted.get(name, 'not there')}"
        for name in sorted(found.keys() | wanted.keys())
        if found.get(name) != wanted.get(name)
    ]


def _figures(outcome: Outcome) -> dict[str, int]:
    figures = {f"counts {name}": getattr(outcome.counts, name) for name in Counts.__struct_fields__}
    for ledger in outcome.ledgers:
        book = f"{ledger.agency} {ledger.currency}"
        figures[f"{book} debits"] = ledger.debits
        figures[f"{book} credits"] = ledger.credits
        figures |= {f"{book} {account}": amount for account, amount in ledger.accounts.items()}
    return figures


def _end(town: Town, at: str) -> str | None:
    position, lag = town.people["auditor"].reached(at)
    return None if lag else position


def _ledgers(agency: str, said: Any) -> Iterator[Ledger]:
    for book in said["books"]:
        yield Ledger(
            agency=agency, currency=book["currency"], debits=book["debits"]["amount"],
            credits=book["credits"]["amount"],
            accounts={row["account"]: row["balance"]["amount"] for row in book["accounts"]},
        )  # fmt: skip


def _registered(town: Town, agency: str, what: str = "assessments", **asked: str) -> Iterator[Any]:
    return town.people["auditor"].listed(f"/agencies/{agency}/{script().register}/{what}", **asked)


def _counts(town: Town, position: str, events: int) -> Counts:
    counted = {
        what: sum(
            1 for agency in agencies() for _ in _registered(town, agency, what, at_least=position)
        )
        for what in ("assessments", "payments", "transfers", "refunds")
    }
    return Counts(events=events, **counted)
