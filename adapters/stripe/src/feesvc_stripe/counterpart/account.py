"""The state of one merchant account: every object by its id, its events, and its balance."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeAlias

from feesvc_stripe.counterpart.refusals import no_such
from feesvc_stripe.counterpart.shapes import Shape, a_balance_transaction, an_event
from feesvc_stripe.counterpart.tariff import Tariff

Announce: TypeAlias = Callable[[Shape, str], None]
"""Told of every event, and of our reference of the payment that it is about."""

VERSION = "2026-10-28.endive"
"""The one API version whose objects are answered."""


class Account:
    """Safe to use from many threads under ``lock``."""

    def __init__(self, clock: Callable[[], datetime], tariff: Tariff, announce: Announce) -> None:
        self.lock = threading.RLock()
        self.tariff = tariff
        self.line_items: dict[str, list[Shape]] = {}
        """By session: Stripe answers them on request only."""
        self.payout_of: dict[str, str] = {}
        """Balance transactions that were paid out, and by which payout."""
        self._clock = clock
        self._announce = announce
        self.intents_asked: dict[str, Shape] = {}
        """By session: what its PaymentIntent, made when the payer pays, is to carry."""
        self.open_sessions: dict[str, int] = {}
        """When each open session ends, Unix time."""
        self._objects: dict[str, Shape] = {}
        self._by_kind: dict[str, dict[str, Shape]] = {}
        self._references: dict[str, str] = {}
        self._salt = f"{self.now():x}"

    def now(self) -> int:
        """Unix time in seconds."""
        return int(self._clock().timestamp())

    def new_id(self, prefix: str) -> str:
        """Unlike any id of an account that was opened at another time."""
        return f"{prefix}_{self._salt}{len(self._objects) + 1:06d}"

    def keep(self, shape: Shape) -> Shape:
        self._objects[shape["id"]] = shape
        self._by_kind.setdefault(shape["object"], {})[shape["id"]] = shape
        return shape

    def find(self, kind: str, identifier: str, param: str = "id") -> Shape:
        """The object itself, to be changed in place; refuses what there is not."""
        found = self._objects.get(identifier)
        if found is None or found["object"] != kind:
            raise no_such(kind, identifier, param)
        return found

    def known(self, identifier: str) -> Shape | None:
        return self._objects.get(identifier)

    def listed(self, kind: str) -> Iterator[Shape]:
        """All objects of a kind, newest first."""
        return reversed(self._by_kind.get(kind, {}).values())

    def refer(self, identifier: str, reference: str) -> None:
        """Say which payment of ours a session or a PaymentIntent belongs to."""
        self._references[identifier] = reference

    def reference_of(self, shape: Shape) -> str:
        """Our reference of the payment that an object is about, or its session's own id."""
        named = shape.get("payment_intent")
        return self._references.get(shape["id"]) or self._references.get(named or "", "")

    def emit(self, kind: str, shape: Shape, reference: str | None = None) -> Shape:
        """Record an event with the object as it is now."""
        about = self.reference_of(shape) if reference is None else reference
        event = self.keep(
            an_event(
                id=self.new_id("evt"),
                api_version=VERSION,
                created=self.now(),
                data={"object": copy.deepcopy(shape)},
                type=kind,
            )
        )
        self._announce(event, about)
        return event

    def move(
        self,
        category: str,
        kind: str,
        amount: int,
        source: Shape,
        fees: tuple[tuple[str, str, int], ...] = (),
    ) -> Shape:
        """A balance transaction: ``amount`` comes (or goes), ``fees`` (type, words, amount) go."""
        currency, fee = source["currency"], sum(part for _, _, part in fees)
        details = [
            {
                "amount": part,
                "application": None,
                "currency": currency,
                "description": words,
                "type": fee_type,
            }
            for fee_type, words, part in fees
            if part
        ]
        waits = self.tariff.available_after if kind == "charge" else None
        return self.keep(
            a_balance_transaction(
                id=self.new_id("txn"),
                amount=amount,
                available_on=self.now() + (int(waits.total_seconds()) if waits else 0),
                created=self.now(),
                currency=currency,
                fee=fee,
                fee_details=details,
                net=amount - fee,
                reporting_category=category,
                source=source["id"],
                type=kind,
            )
        )

    def waiting_to_be_paid_out(self, currency: str) -> list[Shape]:
        """Oldest first; what is not available yet is left out."""
        moves = [move for move in self.listed("balance_transaction") if move["type"] != "payout"]
        return [
            move
            for move in reversed(moves)
            if move["currency"] == currency
            and move["id"] not in self.payout_of
            and move["available_on"] <= self.now()
        ]
