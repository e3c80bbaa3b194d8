"""Keeping notifications: which are kept whole, which are only counted, and what is noted of each.

What the intermediary vouches for is always kept. Junk, and repeats of one message, are kept within
limits per account, so that nobody can fill the disk or slow down payments with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from feesvc import metrics
from feesvc.application.house import House
from feesvc.application.pacing import Pace
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.intermediary import Notification, Outcome, Verdict
from feesvc.people.inbox import Coming, Raw, name_of
from feesvc.secrets import Misconfigured

HOUR = timedelta(hours=1)
JUNK = 60
"""Unauthenticated notifications of one account that an hour keeps, in each process."""
JUNK_BYTES = 512 * 1024
ARRIVALS = 1000
"""Arrivals of one message that an hour keeps, in each process."""
REPEATED_BYTES = 4 * 1024 * 1024
"""Bytes of headers that repeated messages of one account may bring in an hour."""
FEW = 20
_PLAIN = re.compile(r"[0-9A-Za-z._-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was made of a notification. ``vouched``: it was authentic, by what the account says."""

    verdict: Verdict
    vouched: bool = False
    outcomes: Sequence[Outcome] = ()


class Keeper:
    """One per process. ``keep`` raises ``PeopleUnavailable``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._junk = Pace(JUNK, HOUR)
        self._junk_bytes = Pace(JUNK_BYTES, HOUR)
        self._arrivals = Pace(ARRIVALS, HOUR)
        self._repeated = Pace(REPEATED_BYTES, HOUR)
        self._keys: dict[UUID, tuple[int, str]] = {}

    async def keep(self, merchant: MerchantAccount, notification: Notification, told: Told) -> None:
        """Put the notification into the inbox with its verdict, or count it."""
        raw = raw_of(notification)
        whole = self._whole(merchant.id, raw, told)
        if whole is None:
            metrics.notifications_not_kept.labels(
                merchant.intermediary, told.verdict.name.lower()
            ).inc()
            return
        await self._house.people.inbox.take_in(
            Coming(
                account=merchant.id, intermediary=merchant.intermediary,
                received_at=notification.received_at, verdict=told.verdict.name.lower(),
                method=notification.method, keys=self._keys_of(merchant),
                outcomes=[summary(outcome) for outcome in told.outcomes[:FEW]], raw=raw, kept=whole,
            )
        )  # fmt: skip

    def _whole(self, account: UUID, raw: Raw, told: Told) -> bool | None:
        """Whether to keep its bytes; None: nothing at all."""
        now = self._house.now()
        if not told.vouched:
            if not self._junk.take(account, now):
                return None
            size = raw.size + len(raw.envelope())
            return True if self._junk_bytes.take(account, now, size) else None
        if not self._arrivals.take((account, name_of(raw.message())), now):
            return None
        if told.verdict in (Verdict.DUPLICATE, Verdict.NOTHING):
            return self._repeated.take(account, now, len(raw.envelope()))
        return True

    def _keys_of(self, merchant: MerchantAccount) -> str:
        version, keys = self._keys.get(merchant.id, (0, ""))
        if version != merchant.version:
            keys = keys_id(self._house, merchant)
            self._keys[merchant.id] = merchant.version, keys
        return keys


def keys_id(house: House, merchant: MerchantAccount) -> str:
    """Names the keys that an account's notifications are verified with now, and no more."""
    try:
        found = house.desk.secrets_of(merchant.intermediary, merchant.settings)
    except Misconfigured:
        return ""
    return house.people.blind(found)[0].hex()[:32]


def raw_of(notification: Notification) -> Raw:
    return Raw(
        query=notification.query, body=notification.body, headers=notification.headers,
        source=notification.source,
    )  # fmt: skip


def summary(outcome: Outcome) -> str:
    """What an outcome says, without anything personal: its kind, amount, code and reference."""
    words = [type(outcome).__name__.lower()]
    if amount := getattr(outcome, "amount", None):
        words.append(str(amount))
    for name in ("stage", "code", "reason", "reference"):
        value = getattr(outcome, name, "")
        if _PLAIN.fullmatch(value):
            words += ["of", value] if name == "reference" else [value]
    return " ".join(words)[:200]
