"""Verifying: a notification that was kept is checked again, years later, with the keys of its day.

Keys stand in events as references only. Whether one still leads to the same secret is told by the
keyed hash that was kept with the notification.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

import structlog

from feesvc.application.desk.clients import new_client
from feesvc.application.house import House
from feesvc.application.keeping import summary
from feesvc.domain.aggregate import Recorded
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.intermediary import Forged, Notification, Outcome
from feesvc.people import Redacted
from feesvc.people.inbox import Arrival, Raw
from feesvc.secrets import Misconfigured

log = structlog.get_logger(__name__)

Finding: TypeAlias = Literal[
    "authentic", "forged", "key_unavailable", "not_kept", "erased", "unreadable"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """``keys_from``: since when the keys that verified it were the account's."""

    finding: Finding
    keys_from: datetime | None = None
    outcomes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keys:
    """What an account was set up with, from a moment on."""

    since: datetime
    settings: Mapping[str, str]


async def verify(house: House, merchant: MerchantAccount, arrival: Arrival) -> Verified:
    """Check the bytes that were kept; books nothing. The keys of its day are tried first.

    ``forged`` only where the very keys it was checked with at first, or those of its day, were
    tried; ``key_unavailable`` where they are gone and no later ones fit. ``unreadable``: the
    adapter that is installed today cannot read it.
    """
    raw = await house.people.inbox.opened(arrival)
    if raw is None:
        return Verified(finding="not_kept")
    if isinstance(raw, Redacted):
        return Verified(finding="erased")
    tried, unreadable = False, False
    for position, keys in enumerate(await _keys(house, merchant, arrival.received_at)):
        try:
            same = _hashes(house, merchant, keys.settings)
            outcomes = await _read(house, merchant, keys.settings, notification_of(arrival, raw))
        except Misconfigured:
            continue
        except Forged:
            tried = tried or (arrival.keys in same if arrival.keys else position == 0)
        except Exception as error:
            log.error("notification.not_verified", exc_info=error, account=str(merchant.id))
            unreadable = True
        else:
            told = [summary(outcome) for outcome in outcomes]
            return Verified(finding="authentic", keys_from=keys.since, outcomes=told)
    if unreadable:
        return Verified(finding="unreadable")
    return Verified(finding="forged" if tried else "key_unavailable")


def notification_of(arrival: Arrival, raw: Raw) -> Notification:
    """The notification as the adapter was given it."""
    return Notification(
        method=arrival.method, query=raw.query, headers=raw.headers, body=raw.body,
        received_at=arrival.received_at, source=raw.source,
    )  # fmt: skip


async def _keys(house: House, merchant: MerchantAccount, at: datetime) -> list[_Keys]:
    """The settings of the day, then the later ones, then the earlier ones, newest first."""
    known = list(_history(await house.store.history(merchant.id)))
    of_the_day = max((n for n, keys in enumerate(known) if keys.since <= at), default=0)
    return [*known[of_the_day:], *reversed(known[:of_the_day])]


def _history(recorded: Sequence[Recorded]) -> Iterator[_Keys]:
    for event in (one.event for one in recorded):
        if isinstance(event, MerchantAccount.Opened | MerchantAccount.Rekeyed):
            yield _Keys(since=event.timestamp, settings=event.settings)


def _hashes(house: House, merchant: MerchantAccount, settings: Mapping[str, str]) -> list[str]:
    found = house.desk.secrets_of(merchant.intermediary, settings)
    return [one.hex()[:32] for one in house.people.blind(found)]


async def _read(
    house: House, merchant: MerchantAccount, settings: Mapping[str, str], notification: Notification
) -> Sequence[Outcome]:
    with closing(new_client(merchant.intermediary)) as client:
        adapter = house.desk.adapter_with(merchant.intermediary, settings, client)
        return await house.desk.call(
            merchant.intermediary,
            "read_notification",
            lambda: tuple(adapter.read_notification(notification)),
        )
