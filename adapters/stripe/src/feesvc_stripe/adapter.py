"""The Stripe adapter: hosted Checkout, refunds, cancellation, and payouts as settlements.

The payer's card meets Stripe's page only. Nothing a citizen typed is sent: an order has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import BinaryIO, ClassVar

import httpx

from feesvc.intermediary import (
    Checkout,
    Ended,
    Facts,
    Forged,
    Malformed,
    Notification,
    Outcome,
    PaymentOrder,
    Pending,
    Profile,
    RefundOrder,
    RefundOutcome,
    Refused,
    Reply,
    Setting,
    Settlement,
    Unavailable,
    Verdict,
)
from feesvc_stripe import settlement
from feesvc_stripe.amounts import ACCEPTED, to_stripe
from feesvc_stripe.checkout import closes_at, opened_within, session_parameters
from feesvc_stripe.encoding import Parameters
from feesvc_stripe.outcomes import (
    REFERENCE,
    ended,
    refund_outcome,
    session_outcomes,
    session_reference,
)
from feesvc_stripe.reading import JsonObject, Unreadable, members, metadata, moment, text
from feesvc_stripe.signature import check_signature
from feesvc_stripe.webhook import read_event
from feesvc_stripe.wire import StripeApi, segment

SESSIONS = "/v1/checkout/sessions"
REFUNDS = "/v1/refunds"
EXPANDED = "payment_intent.latest_charge.refunds"

REASONS = frozenset({"duplicate", "requested_by_customer"})
"""Reasons of ours that are Stripe's too. "fraudulent" is never sent: it blocks the payer's card."""


class Stripe:
    """One merchant account at Stripe. Also ``Refunds``, ``Cancellations`` and settlements."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Thẻ quốc tế (Stripe)",
        name_en="Card (Stripe)",
        currencies=ACCEPTED,
        charge_borne_by="agency",
        trust="authoritative",
    )
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "stripe-payouts-vnd": files(__package__).joinpath("payouts_vnd.toml").read_text("utf-8"),
        "stripe-payouts-usd": files(__package__).joinpath("payouts_usd.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="secret_key", secret=True),
        Setting(name="webhook_secret", secret=True),
        Setting(name="api_base", required=False, default="https://api.stripe.com"),
    )

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        base = settings.get("api_base") or "https://api.stripe.com"
        self._api = StripeApi(base, settings["secret_key"], http)
        previous = settings.get("webhook_secret_previous", "")
        self._webhook_secrets = (settings["webhook_secret"], previous)

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        """``client_reference_id`` takes 200 characters; the store's epoch and counter suffice."""
        return f"{epoch}-{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        """Opens a session; a repeat is answered by Stripe with the first answer."""
        key = f"{order.reference}-checkout"
        session = self._api.post(SESSIONS, session_parameters(order), key).body
        try:
            return Checkout(url=text(session, "url"), handle=text(session, "id"))
        except Unreadable as error:
            raise Unavailable(f"Stripe's session cannot be read ({error})") from None

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        """How the order's session stands. Stripe's no to a question decides nothing."""
        try:
            return self._session_outcomes(order, order.handle or self._lost_handle(order))
        except Refused as error:
            raise Unavailable(str(error)) from None
        except Unreadable as error:
            raise Unavailable(f"Stripe's session cannot be read ({error})") from None
        except _NeverOpened as never:
            return (never.outcome,)

    def cancel(self, order: PaymentOrder) -> Outcome:
        """Closes the session. ``Received`` when it was paid meanwhile."""
        try:
            handle = order.handle or self._lost_handle(order)
            key = f"{order.reference}-expire"
            answer = self._api.post(f"{SESSIONS}/{segment(handle)}/expire", {}, key)
            closed = answer.served_at or moment(answer.body, "expires_at")
            return ended(answer.body, "cancelled", closed)
        except Refused:
            return self.look_up(order)[0]
        except Unreadable as error:
            raise Unavailable(f"Stripe's session cannot be read ({error})") from None
        except _NeverOpened as never:
            return never.outcome

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        """Verifies over the raw bytes. Authentic but unreadable is ``Unavailable``: ask again."""
        if notification.method != "POST":
            raise Forged("not a POST")
        header = notification.headers.get("stripe-signature", "")
        check_signature(header, notification.body, self._webhook_secrets, notification.received_at)
        try:
            return read_event(notification.body)
        except Unreadable as error:
            raise Unavailable(f"Stripe's event cannot be read ({error})") from None

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        """Stripe looks at the status only: 2xx is done, anything else is sent again for days."""
        status = {Verdict.FORGED: 400, Verdict.TRY_AGAIN: 503}.get(verdict, 200)
        return Reply(status=status, body=b"{}")

    def request_refund(self, order: RefundOrder) -> RefundOutcome:
        units, _ = to_stripe(order.amount)
        asked: Parameters = {
            "payment_intent": order.transaction,
            "amount": units,
            "metadata": {REFERENCE: order.reference, "payment": order.payment_reference},
        }
        if order.reason in REASONS:
            asked = {**asked, "reason": order.reason}
        return _refund(self._api.post(REFUNDS, asked, f"{order.reference}-refund").body)

    def look_up_refund(self, order: RefundOrder) -> RefundOutcome:
        """By Stripe's id, or among the transfer's refunds by our reference."""
        try:
            if order.handle:
                return _refund(self._api.get(f"{REFUNDS}/{segment(order.handle)}").body)
            for page in self._api.pages(REFUNDS, {"payment_intent": order.transaction}):
                for refund in members(page.body, "data"):
                    if metadata(refund, REFERENCE) == order.reference:
                        return _refund(refund)
        except Refused as error:
            raise Unavailable(str(error)) from None
        except Unreadable as error:
            raise Unavailable(f"Stripe's refunds cannot be read ({error})") from None
        return Pending(reference=order.reference)

    def fetch_settlement(self, batch: str) -> bytes:
        """The document of one payout (``po_…``)."""
        payout = self._api.get(f"/v1/payouts/{segment(batch)}")
        asked: Parameters = {"payout": batch, "expand": ["data.source"]}
        pages = [page.raw for page in self._api.pages("/v1/balance_transactions", asked)]
        return settlement.document(payout.raw, pages)

    def read_settlement(self, document: BinaryIO, profile: Profile) -> Settlement:
        """Reads what ``fetch_settlement`` gave; Stripe has one layout, so no profile is needed."""
        if profile.layout:
            raise Malformed("settlements of Stripe have no layout to choose")
        return settlement.read_document(document.read())

    def _session_outcomes(self, order: PaymentOrder, handle: str) -> tuple[Outcome, ...]:
        answer = self._api.get(f"{SESSIONS}/{segment(handle)}", {"expand": [EXPANDED]})
        outcomes = tuple(session_outcomes(answer.body, answer.served_at))
        if session_reference(answer.body) != order.reference:
            raise Unreadable("client_reference_id is another order's")
        return outcomes

    def _lost_handle(self, order: PaymentOrder) -> str:
        """The id of the session whose creation was not answered.

        Sessions cannot be asked for by ``client_reference_id``, so those opened in the short time
        in which ours can have been opened are listed. Repeating the creation would tell too, but a
        look-up must not open anything.
        """
        start, end = opened_within(order)
        created: Parameters = {"gte": int(start.timestamp()), "lte": int(end.timestamp())}
        now = None
        for page in self._api.pages(SESSIONS, {"created": created}):
            now = page.served_at
            for session in members(page.body, "data"):
                if session.get("client_reference_id") == order.reference:
                    return text(session, "id")
        raise _NeverOpened(order, now)


class _NeverOpened(Exception):
    """Stripe has no session of the order: not yet, or, by Stripe's own clock, never."""

    def __init__(self, order: PaymentOrder, now: datetime | None) -> None:
        super().__init__("no session")
        self.outcome: Outcome = Pending(reference=order.reference)
        if now is not None and now > closes_at(order):
            at = closes_at(order)
            self.outcome = Ended(reference=order.reference, reason="never_opened", at=at)


def _refund(refund: JsonObject) -> RefundOutcome:
    """Stripe says when a refund was made, not when it ended: its events say that."""
    try:
        return refund_outcome(refund, moment(refund, "created"))
    except Unreadable as error:
        raise Unavailable(f"Stripe's refund cannot be read ({error})") from None
