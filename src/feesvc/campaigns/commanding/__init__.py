"""Every command of the application, as steps that each find what they need in those before."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from uuid import UUID, uuid5

from feesvc import application
from feesvc.application.house import Act
from feesvc.store import Answer
from feesvc.store.memory import NAMESPACE
from feesvc.testing.scenario import Scenario

PARTS = {
    "adjusting", "batch_arrivals", "charging", "concluding_bank", "contradictions",
    "file_accounts", "file_reading", "file_restating", "file_showing", "file_verdicts",
    "forwarded", "holdings", "ordering", "owing", "placing",
    "remitting_lapses", "residuals", "together", "unplacing", "vouching",
}  # fmt: skip
"""Modules of what commands are made of, and of what only reads."""
READS = {
    "account_at", "account_for", "account_of", "accounts_waiting", "alternatives", "bank_charge",
    "begun_at", "begun_on", "captures_at_head", "choices", "content_of", "covered",
    "custody_of", "orders_named", "naming_ours",
    "days_not_closed", "duty_term", "fetch_settlement", "filed", "is_awaited", "known_account",
    "last_close", "last_day", "looked_at", "matches_of", "names_in", "narrative_readers",
    "new_reference", "notes_of", "owed_now", "owner_of", "payee_of", "payouts_of", "profiles_of",
    "quote", "on_record", "scope_of", "see_match", "see_run", "settled_as", "settlement_result",
    "stands_last",
    "starting_profiles", "tariff_on", "terms_numbered", "terms_on", "transfers_of", "try_profile",
    "verify",
}  # fmt: skip
"""They change nothing in the log: what they tell may be asked again."""
WITHIN = {
    # each with the request, or with the case that it ends
    "agree_to", "ask_for", "confirm_match", "end_explained", "proposed_match", "refuse",
    "reject_match",
    "agree", "case_of", "check", "check_commission", "close_attempt", "close_others", "conclude",
    "credited", "hearing", "instructed_under", "intend", "returned_refund", "reviewed", "settle",
    "suspended", "take_back", "take_told_first", "take_untold", "taken_back", "tell_breaks",
    "tell_lines", "tell_of", "telling_shortfalls", "undo_forwarded", "undo_on", "undo_remitted",
}  # fmt: skip
"""They append nothing themselves, or by another command: each is part of one that is tried."""
Command = Callable[..., Awaitable[object]]
Step = Callable[["Everything", Act], Awaitable[object]]


def commands() -> Iterator[Command]:
    """Every function of the application that is given a house and changes something."""
    for part in iter_modules(application.__path__):
        if part.name in PARTS:
            continue
        module = import_module(f"{application.__name__}.{part.name}")
        for name, found in inspect.getmembers(module, inspect.iscoroutinefunction):
            own = found.__module__ == module.__name__ and not name.startswith("_")
            if own and name not in READS | WITHIN:
                yield found


class Steps(list[tuple[Command, Step]]):
    """Steps in order, each with the command that it is about."""

    def of(self, command: Command) -> Callable[[Step], Step]:
        """Note a step."""

        def note(step: Step) -> Step:
            self.append((command, step))
            return step

        return note


def told(made: Any) -> Answer:
    """What the caller of a command is told."""
    versions = [each.version for each in made] if isinstance(made, list) else [made.version]
    return Answer(200, f"at version {versions}".encode())


@dataclass
class Everything:
    """``code`` names an agency of its own, so that a store can be walked through many times."""

    s: Scenario
    code: str
    ids: dict[str, UUID] = field(default_factory=dict)
    references: dict[int, str] = field(default_factory=dict)

    def id(self, name: str) -> UUID:
        return self.ids.setdefault(name, uuid5(NAMESPACE, f"{self.code} {name}"))
