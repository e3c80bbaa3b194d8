"""Walking: one dossier after the other, as a portal, a payer and the agency's staff would.

What each of them posts to which book is worked out by hand in ``balances.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from feesvc.cli.demo.asking import Refused, awaited
from feesvc.cli.demo.registering import Town
from feesvc.cli.demo.script import script

PAYER = {"name": "Nguyễn Văn Mẫu", "phone": "0900000000"}
"""A sample payer. It is kept with people, sealed; no event and no answer holds it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case that was walked: what it shows, and the assessments it left behind."""

    title: str
    assessments: tuple[str, ...]
    note: str = ""


def walk(town: Town) -> Iterator[Case]:
    """Every case, told as soon as it was walked."""
    for case in CASES:
        yield case(town)
    for account, currency in (("city-cards", "vnd"), ("telecom-cards", "usd")):
        _settle(town, account, currency)


def driving_licence(town: Town) -> Case:
    share = {"agency": "H26", "procedure": "1.002809", "lines": [{"item": "DL-GPLX"}]}
    (licence,) = _raise(town, "H26.10-261120-0001", share, payer=PAYER)
    _pay(town, "city-cards", licence)
    return Case("Driving-licence renewal", (licence,), "a charge; the online price ended in 2025")


def enterprise_registration(town: Town) -> Case:
    share = {"agency": "H26", "procedure": "2.001610", "lines": [{"item": "DKDN"}]}
    (registration,) = _raise(town, "H26.15-261120-0001", share, channel="counter")
    _pay(town, "city-cards", registration)
    return Case("Enterprise registration", (registration,), "at the desk; half under TT 64/2025")


def online_registration(town: Town) -> Case:
    share = {"agency": "H26", "procedure": "2.001610", "lines": [{"item": "DKDN"}]}
    (registration,) = _raise(town, "H26.15-261120-0002", share)
    return Case("The same online", (registration,), "free, and a receipt all the same")


def trial_network(town: Town) -> Case:
    share = {
        "agency": "G14.25", "procedure": "1.004379",
        "lines": [{"item": "VT-THUNGHIEM-TANSO-2_30"}],
    }  # fmt: skip
    (licence,) = _raise(town, "G14.25-261120-0001", share)
    try:
        _ask(town, "telecom-cards", licence)
    except Refused as refused:
        _pay(town, "telecom", licence)
        return Case("Trial network, kept 90/10", (licence,), f"not by card: {refused.type}")
    raise AssertionError("a card took more than eight digits")


def cable_repair(town: Town) -> Case:
    share = {"agency": "G14.25", "lines": [{"item": "VT-CAPBIEN-SUA"}]}
    (repair,) = _raise(town, "G14.25-261120-0002", share)
    _pay(town, "telecom-cards", repair)
    return Case("Submarine-cable repair", (repair,), "in US dollars, by card")


def one_stop_desk(town: Town) -> Case:
    share = {"agency": "G14.25", "lines": [{"item": "VT-THUNGHIEM-TANSO-31"}]}
    (licence,) = _raise(town, "G14-261120-0001", share, channel="counter")
    _pay(town, "ministry", licence)
    return Case("Collected by the ministry", (licence,), "held for its authority: 2350, 1295")


def court_fee_advance(town: Town) -> Case:
    base = {"amount": 12_000_000, "currency": "VND"}
    share = {"agency": "H26.THA", "lines": [{"item": "TAMUNG-ANPHI", "base": base}]}
    (advance,) = _raise(town, "H26.THA-261120-0001", share)
    _pay(town, "enforcement", advance)
    return Case("Court-fee advance", (advance,), "a deposit: 2300")


def two_agencies(town: Town) -> Case:
    telecom = {"agency": "G14.25", "lines": [{"item": "VT-THUNGHIEM-TANSO-1"}]}
    city = {"agency": "H26", "lines": [{"item": "DN-CONGBO"}]}
    owed = _raise(town, "G22.99-261120-0001", telecom, city)
    _pay(town, "government", *owed)
    return Case("A dossier that owes two agencies", owed, "paid at once, collected by a third")


def overpayment(town: Town) -> Case:
    share = {"agency": "H26", "lines": [{"item": "DATDAI-BIENDONG-HN-PHUONG"}]}
    (land,) = _raise(town, "H26.20-261120-0001", share)
    payment = _ask(town, "city", land)
    less = {"lines": {"1": 14_000}, "reason": "outside_the_wards"}
    town.people["clerk"].post(f"/assessments/{land}/reduce", less)
    _press(town, payment)
    return Case("Overpaid", (land,), "reduced after the payment was asked for")


def duplicate_payment(town: Town) -> Case:
    share = {"agency": "H26", "lines": [{"item": "HOTICH-TRICHLUC", "quantity": 2}]}
    (extract,) = _raise(town, "H26.30-261120-0001", share, channel="counter")
    first, second = (_ask(town, "city-cards", extract) for _ in range(2))
    # The second closes the first, whose money was on its way already.
    town.stand_in("city-cards").counterpart.pay(first["reference"], late=True)
    _press(town, second)
    awaited("the proposal to refund", lambda: _refund_in(town, "requested"))
    return Case("Paid twice", (extract,), "a refund is proposed, and waits for a person")


def wrong_amount(town: Town) -> Case:
    share = {"agency": "H26", "lines": [{"item": "CCCD-CAPLAI"}]}
    (card,) = _raise(town, "H26.40-261120-0001", share, channel="counter")
    _press(town, _ask(town, "city", card), fault="wrong_amount")
    return Case("One đồng short", (card,), "into suspense; the fee is still owed")


def part_refund(town: Town) -> Case:
    share = {"agency": "H26", "lines": [{"item": "DN-ACCOUNT", "quantity": 3}]}
    (months,) = _raise(town, "H26.15-261120-0003", share)
    stand_in: Any = town.stand_in("city-cards").counterpart
    takes, stand_in.refunds_take = stand_in.refunds_take, None  # its end comes when we say
    payment = _pay(town, "city-cards", months)
    transfer = awaited("the months' money", lambda: _transfer_of(town, payment))
    wish = {"transfer": transfer["id"], "amount": 4_500_000, "reason": "one_month_less"}
    asked = town.people["finance"].post("/refunds", wish)
    at = f"/refunds/{asked['id']}"
    town.people["approver"].post(f"{at}/approve", {"digest": asked["digest"]})
    sent = awaited("the refund's instruction", lambda: _in_state(town, at, "accepted"))
    stand_in.finish_refund(sent["reference"])
    awaited("the refund's end", lambda: _in_state(town, at, "paid"))
    stand_in.refunds_take = takes
    return Case("One month of three refunded", (months,), "asked by one, approved by another")


CASES: tuple[Callable[[Town], Case], ...] = (
    driving_licence, enterprise_registration, online_registration, trial_network, cable_repair,
    one_stop_desk, court_fee_advance, two_agencies, overpayment, duplicate_payment, wrong_amount,
    part_refund,
)  # fmt: skip


def _settle(town: Town, account: str, currency: str) -> None:
    """A card account pays out, and its fees come onto the books with the payout's lines.

    First every payment has to be heard of: what is settled unheard waits in suspense.
    """
    agency, id = town.stand_in(account).account.agency, town.accounts[account]
    at = f"/agencies/{agency}/{script().register}/payments"
    for payment in town.portal.listed(at):
        one = f"{at}/{payment['id']}"
        awaited(f"the money of {payment['reference']}", lambda one=one: _heard(town, one))  # type: ignore[misc]
    url = f"{town.stand_in(account).url}/_payouts"
    batch = httpx.post(url, params={"currency": currency}).raise_for_status().text
    town.people["finance"].post(f"/merchant-accounts/{id}/settlements", {"batch": batch})


def _raise(
    town: Town, dossier: str, *shares: Mapping[str, Any], channel: str = "online", **more: Any
) -> tuple[str, ...]:
    circumstances = {
        "channel": channel, "submitted_on": town.submitted_on, "service_level": "full"
    }  # fmt: skip
    body = {"dossier": dossier, "shares": shares, "circumstances": circumstances, **more}
    return tuple(raised["id"] for raised in town.portal.post("/assessments", body)["assessments"])


def _ask(town: Town, account: str, *assessments: str) -> Any:
    body = {"assessments": assessments, "account": town.accounts[account]}
    return town.portal.post("/payments", {**body, "return_url": town.demo.return_url})


def _pay(town: Town, account: str, *assessments: str) -> Any:
    payment = _ask(town, account, *assessments)
    _press(town, payment)
    return payment


def _press(town: Town, payment: Any, fault: str = "") -> None:
    """As a payer: open the page, press pay. The intermediary then tells the service itself."""
    with httpx.Client() as browser:
        browser.get(payment["url"]).raise_for_status()
        back = browser.post(payment["url"], data={"action": "pay", "fault": fault})
    assert back.headers["location"] == town.demo.return_url


def _heard(town: Town, at: str) -> Any:
    """The payment, once money has come for it, however the attempt ended."""
    found = town.portal.get(at)
    return found if found["received"]["amount"] else None


def _transfer_of(town: Town, payment: Any) -> Any:
    """The transfer that met a payment, once the register knows it."""
    at = f"/agencies/{payment['agency']}/{script().register}/transfers"
    return next(town.people["finance"].listed(at, payment=payment["id"]), None)


def _in_state(town: Town, at: str, state: str) -> Any:
    refund = town.people["finance"].get(at)
    return refund if refund["state"] == state else None


def _refund_in(town: Town, state: str) -> Any:
    at = f"/agencies/H26/{script().register}/refunds"
    return next(town.people["finance"].listed(at, state=state), None)
