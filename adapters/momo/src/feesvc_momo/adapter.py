"""The MoMo adapter: one merchant account at MoMo's AIO v2 gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from feesvc.intermediary import (
    Checkout,
    Ended,
    Facts,
    Forged,
    Limits,
    Notification,
    Outcome,
    PaymentOrder,
    Pending,
    Received,
    RefundOrder,
    RefundOutcome,
    Refunds,
    Refused,
    Reply,
    Setting,
    Unavailable,
    Verdict,
)
from feesvc.intermediary.strict_json import Unreadable
from feesvc_momo.calling import Answer, Api
from feesvc_momo.fields import microseconds
from feesvc_momo.reading import (
    DUPLICATE_ORDER,
    DUPLICATE_REQUEST,
    PAID,
    UNKNOWN_ORDER,
    payment_outcome,
    undone,
)
from feesvc_momo.refunding import Refunding
from feesvc_momo.signing import CREATE, QUERY, Keys, verified

REQUEST_TYPES = ("captureWallet", "payWithMethod")
REFUSED = {20: "bad_format", 21: "amount", 22: "amount_out_of_range"}
"""A final no to a checkout: nothing was opened, and asking again will not help."""
ABOUT_THE_REQUEST = frozenset({10, 11, 12, 13, 20, 21, 22, DUPLICATE_REQUEST, DUPLICATE_ORDER, 43})
"""As the answer to a look-up these say nothing of the order."""
STATUS = {Verdict.FORGED: 400, Verdict.UNKNOWN_ORDER: 404, Verdict.TRY_AGAIN: 503}
"""What is not here is 204: a wrong amount was recorded too, trying again would not mend it."""
LONGEST_URL = 200
"""Characters of ``redirectUrl`` and ``ipnUrl``."""


class Momo(Refunds):
    """Safe to use from many threads; keeps no state."""

    facts: ClassVar[Facts] = Facts(
        name_vi="Ví MoMo",
        name_en="MoMo wallet",
        currencies={"VND": Limits(minimum=1_000, maximum=50_000_000)},
        charge_borne_by="agency",
        trust="hint",
    )
    settlement_profiles: ClassVar[Mapping[str, str]] = {
        "momo-daily": files(__package__).joinpath("settlement.toml").read_text("utf-8"),
    }
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="url"),
        Setting(name="partner_code"),
        Setting(name="access_key", secret=True),
        Setting(name="secret_key", secret=True),
        Setting(name="request_type", required=False, default="captureWallet"),
        Setting(name="refund_query_order", required=False, default="refund"),
    )

    def __init__(self, settings: Mapping[str, str], http: httpx.Client) -> None:
        for setting in self.settings:
            if setting.required and not settings.get(setting.name):
                raise ValueError(f"MoMo needs the setting {setting.name}")
        self._partner = settings["partner_code"]
        self._request_type = _one_of(settings, "request_type", REQUEST_TYPES)
        keys = Keys(access=settings["access_key"], secret=settings["secret_key"])
        self._api = Api(_base(settings["url"]), self._partner, keys, http)
        self._keys = tuple(_all_keys(settings))
        by = _one_of(settings, "refund_query_order", ("refund", "payment"))
        self._refunding = Refunding(self._api, by_payment=by == "payment")

    def reference_for(self, epoch: str, number: int, placed_at: datetime) -> str:
        return f"{epoch}-{number}"

    def request_payment(self, order: PaymentOrder) -> Checkout:
        """A repeat has the same requestId, to which MoMo gives the same answer (31 days)."""
        _check(order)
        answer = self._open(order, order.reference)
        if answer.code in (DUPLICATE_REQUEST, DUPLICATE_ORDER):
            return self._taken(order, answer.code)
        return _checkout(answer, order)

    def look_up(self, order: PaymentOrder) -> Sequence[Outcome]:
        return self._stands(self._query(order))

    def read_notification(self, notification: Notification) -> Sequence[Outcome]:
        """Only a hint: the signed text is ambiguous, so it may cause a look-up and no more."""
        told = verified(notification, self._keys)
        try:
            return [payment_outcome(told, told.moment("responseTime"), self._partner)]
        except Unreadable as problem:
            raise Forged(f"signed, and not to be read: {problem}") from problem

    def acknowledge(self, notification: Notification, verdict: Verdict) -> Reply:
        """Never a word: MoMo's own sample gives the expected signature to whoever forges one."""
        return Reply(status=STATUS.get(verdict, 204))

    def request_refund(self, order: RefundOrder) -> RefundOutcome:
        return self._refunding.request(order)

    def look_up_refund(self, order: RefundOrder) -> RefundOutcome:
        return self._refunding.look_up(order)

    def _open(self, order: PaymentOrder, request_id: str) -> Answer:
        minutes = -((order.placed_at - order.expires_at) // timedelta(minutes=1))
        content: dict[str, str | int | bool] = {
            "requestId": request_id,
            "amount": order.amount.amount,
            "orderId": order.reference,
            "orderInfo": order.description,
            "redirectUrl": order.return_url,
            "ipnUrl": order.notify_url,
            "requestType": self._request_type,
            "extraData": "",
            "lang": order.locale,
            "autoCapture": True,
            "orderExpireTime": minutes,
        }
        return self._api.ask("create", content, CREATE)

    def _query(self, order: PaymentOrder) -> Answer:
        content = {
            "requestId": f"{order.reference}.q{microseconds(order.asked_at)}",
            "orderId": order.reference,
            "lang": order.locale,
        }
        return self._api.ask("query", content, QUERY)

    def _taken(self, order: PaymentOrder, code: int) -> Checkout:
        """MoMo knows this request or this order, and does not repeat its first answer.

        Its payUrl is lost then: no call gives it again. Another orderId could open a second
        checkout beside it, so none is asked for while the first can still be paid.
        """
        state = self._query(order)
        if code == DUPLICATE_REQUEST and state.code == UNKNOWN_ORDER:
            # The first request came to nothing. Under its own orderId one checkout at most can
            # come of it, whatever is still under way.
            other = f"{order.reference}.c{microseconds(order.asked_at)}"
            return _checkout(self._open(order, other), order)
        if any(isinstance(outcome, Ended) for outcome in self._stands(state)):
            raise Refused("order_ended")
        raise Unavailable(f"create: answered {code}, the order is open and its page is lost")

    def _stands(self, answer: Answer) -> Sequence[Outcome]:
        if answer.code == UNKNOWN_ORDER:
            return [Pending(reference=answer.text("orderId"))]
        if answer.code in ABOUT_THE_REQUEST:
            raise Unavailable(f"query: answered {answer.code}")
        try:
            at = answer.moment("lastUpdated" if answer.has("lastUpdated") else "responseTime")
            outcome = payment_outcome(answer, at, self._partner)
            if isinstance(outcome, Received):
                return [outcome, *undone(answer, outcome)]
        except Unreadable as problem:
            raise problem.unavailable() from problem
        return [outcome]


def _check(order: PaymentOrder) -> None:
    limits = Momo.facts.currencies.get(order.amount.currency)
    if limits is None or not limits.minimum <= order.amount.amount <= limits.maximum:
        raise Refused("amount")
    if max(len(order.return_url), len(order.notify_url)) > LONGEST_URL:
        raise Refused("url_too_long")


def _checkout(answer: Answer, order: PaymentOrder) -> Checkout:
    if answer.code in REFUSED:
        raise Refused(REFUSED[answer.code])
    if answer.code != PAID:
        raise Unavailable(f"create: answered {answer.code}")
    try:
        if answer.money() != order.amount:
            raise Unreadable("another amount")
        url = answer.text("payUrl", r"https?://.{1,2000}")
        qr = answer.text("qrCodeUrl", ".{1,4000}") if answer.has("qrCodeUrl") else ""
    except Unreadable as problem:
        raise problem.unavailable() from problem
    return Checkout(url=url, qr=qr)


def _one_of(settings: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    value = settings.get(name) or known[0]
    if value not in known:
        raise ValueError(f"MoMo's setting {name} is one of {', '.join(known)}")
    return value


def _base(url: str) -> str:
    """MoMo's answers are not signed: from MoMo itself nothing is taken but over TLS."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or (
        parts.scheme == "http" and (host == "momo.vn" or host.endswith(".momo.vn"))
    ):
        raise ValueError("MoMo's setting url starts with https://")
    return url.rstrip("/")


def _all_keys(settings: Mapping[str, str]) -> Iterator[Keys]:
    """Each key may be in the middle of its own rotation. An empty key signs nothing."""
    for access in (settings["access_key"], settings.get("access_key_previous", "")):
        for secret in (settings["secret_key"], settings.get("secret_key_previous", "")):
            if access and secret:
                yield Keys(access=access, secret=secret)
