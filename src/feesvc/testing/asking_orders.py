"""Well-formed requests to the routes of remittances, forwardings, moves, claims and cash."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from feesvc.application.house import Decision, House
from feesvc.assembly import open_house
from feesvc.domain.accounts import BankAccount
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.budget_claim import BudgetClaim
from feesvc.domain.cash_deposit import CashDeposit, Taking
from feesvc.domain.currency_sale import CurrencySale
from feesvc.domain.custody_move import CustodyMove
from feesvc.domain.exchange_rate import ExchangeRate
from feesvc.domain.forwarding import Forwarded, Forwarding
from feesvc.domain.match_rules import MatchRules
from feesvc.domain.match_terms import MatchTerms
from feesvc.domain.placement import Placement
from feesvc.domain.remittance import Remittance, Share
from feesvc.money import Money
from feesvc.testing.asking_bank import ACCOUNT, LINE
from feesvc.testing.town import Town

DAY = "2026-11-20"
MAKER = "person:maker"


def order_things(town: Town, assessment: str, transfer: str) -> Mapping[str, str]:
    """One order of each kind that waits for a second person; by the names of ``Things``.

    They are recorded as their commands make them once money waits to be sent.
    """

    async def make() -> Mapping[str, str]:
        async with open_house(town.service.settings) as house:
            made = _waiting(house, town.agency, UUID(assessment), UUID(transfer))

            async def decide() -> Decision[None]:
                return Decision(None, list(made.values()))

            await house.settle(house.act(uuid4(), MAKER), decide)
            return {name: str(one.id) for name, one in made.items()}

    return asyncio.run(make())


def _waiting(
    house: House, agency: str, assessment: UUID, transfer: UUID
) -> Mapping[str, Aggregate]:
    at, day, some = house.now(), date.fromisoformat(DAY), Money(1_000, "VND")
    account = BankAccount(bank=ACCOUNT["bank"], number=ACCOUNT["number"], currency="VND")
    share = Share(assessment=assessment, line=1, whole=some, amount=some)
    held = Placement(
        to="line", amount=some, assessment=assessment, line=1, kind="postal", beneficiary=agency
    )
    forwarded = Forwarded(transfer=transfer, intermediary="", placements=(held,))
    rate = ExchangeRate.open(uuid4(), agency, "USD", "VND", at)
    rate.propose(MAKER, 26_000_000_000, "vcb", day, at)
    rules = MatchRules.first(MatchRules.Opened, uuid4(), at, agency=agency, account=None)
    rules.propose(MatchTerms(), day, MAKER, at)
    return {
        "remittance": Remittance.draw(
            uuid4(), agency, MAKER, "RM1", "bank", account, day, [({}, share)], (), at
        ),
        "forwarding": Forwarding.draw(
            uuid4(), agency, MAKER, "postal", "POST", "FW1", account, account, day, [forwarded], at
        ),
        "custody_move": CustodyMove.request(
            uuid4(), agency, MAKER, "CM1", "whole_from_estimate", some, "monthly", at
        ),
        "cash_deposit": CashDeposit.hand_in(
            uuid4(),
            agency,
            MAKER,
            "QUAY-1",
            "CD1",
            account,
            [Taking(transfer=transfer, amount=some)],
            at,
        ),
        "budget_claim": BudgetClaim.open(uuid4(), agency, "refund", assessment, some, at),
        "currency_sale": CurrencySale.request(
            uuid4(), agency, MAKER, Money(1_000, "USD"), "VND", "monthly", at
        ),
        "exchange_rate": rate,
        "match_rules": rules,
    }


def order_bodies(digest: str) -> Mapping[str, Any]:
    """What each POST says, by the template of its path."""
    agency, reason, agreed = "/v1/agencies/{agency}", {"reason": "checked"}, {"digest": digest}
    decided = {
        f"/v1/{kind}/{{id}}/{step}": said
        for kind in (
            "remittances",
            "forwardings",
            "custody-moves",
            "budget-claims",
            "currency-sales",
        )
        for step, said in (("approve", agreed), ("reject", reason))
    }
    return {
        **decided,
        f"{agency}/remittances": {},
        "/v1/remittances/{id}/confirm": {
            "number": "KB-1", "confirmed_on": DAY, "lines": [{"codes": {}, "amount": 1_000}],
        },
        f"{agency}/forwardings": {"beneficiary": "Z98"},
        f"{agency}/custody-moves": {"kind": "invoice_paid", "amount": 1_000, **reason},
        f"{agency}/order-debits": LINE,
        f"{agency}/order-credits": LINE,
        "/v1/budget-claims/{id}/repaid": {
            "amount": 1_000, "reference": "FT-2", "booked_on": DAY,
        },
        "/v1/budget-claims/{id}/end": {"way": "refused", "amount": 1_000, **reason},
        "/v1/assessments/{id}/cash": {"desk": "QUAY-1", "slip": "S-1", "amount": 1_000},
        f"{agency}/cash-deposits": {"desk": "QUAY-1"},
        "/v1/cash-deposits/{id}/withdraw": reason,
        f"{agency}/exchange-rates": {
            "foreign": "USD", "rate_ppm": 26_000_000_000, "source": "vcb", "effective_on": DAY,
        },
        "/v1/exchange-rates/{id}/approve": {"rate_ppm": 26_000_000_000, "effective_on": DAY},
        "/v1/assessments/{id}/convert": {},
        f"{agency}/currency-sales": {"amount": 1_000, "currency": "USD", **reason},
        "/v1/currency-sales/{id}/line": {
            "amount": 1_000, "reference": "FT-3", "booked_on": DAY,
        },
    }  # fmt: skip
