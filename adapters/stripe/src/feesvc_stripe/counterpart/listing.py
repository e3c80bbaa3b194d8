"""Lists of objects: filtered, newest first, in pages by cursor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feesvc_stripe.counterpart.account import Account
from feesvc_stripe.counterpart.refusals import invalid
from feesvc_stripe.counterpart.shapes import Shape, a_list

CURSORS = ("starting_after", "ending_before")
NOT_A_FIELD = {"limit", "expand", "created", "payout", *CURSORS}
DEFAULT = 10


def page_of(account: Account, kind: str, asked: dict[str, Any], url: str) -> Shape:
    """One page, as ``limit`` and the cursors ask."""
    if all(cursor in asked for cursor in CURSORS):
        raise invalid("Received both starting_after and ending_before.", "ending_before")
    found = list(_matching(account, kind, asked))
    limit = asked.get("limit", DEFAULT)
    if "ending_before" in asked:
        found = found[: _place(found, kind, asked["ending_before"], "ending_before")]
        return a_list(url, found[-limit:], has_more=len(found) > limit)
    if "starting_after" in asked:
        found = found[_place(found, kind, asked["starting_after"], "starting_after") + 1 :]
    return a_list(url, found[:limit], has_more=len(found) > limit)


def _matching(account: Account, kind: str, asked: dict[str, Any]) -> Iterator[Shape]:
    fields = {name: value for name, value in asked.items() if name not in NOT_A_FIELD}
    for shape in account.listed(kind):
        if any(shape[name] != value for name, value in fields.items()):
            continue
        if "payout" in asked and account.payout_of.get(shape["id"]) != asked["payout"]:
            continue
        if "created" in asked and not _within(shape["created"], asked["created"]):
            continue
        yield shape


def _within(created: int, asked: int | dict[str, int]) -> bool:
    if isinstance(asked, int):
        return created == asked
    return (
        created > asked.get("gt", -1)
        and created >= asked.get("gte", 0)
        and created < asked.get("lt", 2**53)
        and created <= asked.get("lte", 2**53)
    )


def _place(found: list[Shape], kind: str, cursor: str, param: str) -> int:
    for place, shape in enumerate(found):
        if shape["id"] == cursor:
            return place
    raise invalid(f"No such {kind}: '{cursor}'", param, "resource_missing")
