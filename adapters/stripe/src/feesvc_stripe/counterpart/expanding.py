"""``expand[]``: ids in an answer replaced by the objects they name, four levels deep at most."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from feesvc_stripe.counterpart.account import Account
from feesvc_stripe.counterpart.refusals import invalid
from feesvc_stripe.counterpart.shapes import Shape, a_list

DEEPEST = 4


def expanded(account: Account, shape: Shape, paths: Sequence[str]) -> Shape:
    """A copy of ``shape`` with ``paths`` expanded; refuses what cannot be."""
    answer = copy.deepcopy(shape)
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            message = f"You cannot expand more than {DEEPEST} levels of a property."
            raise invalid(message, "expand")
        _expand(account, answer, steps, path)
    return answer


def _expand(account: Account, within: Shape, steps: Sequence[str], path: str) -> None:
    name, *deeper = steps
    if within["object"] == "list" and name == "data":
        found = within["data"]
        for item in found if deeper else ():
            _expand(account, item, deeper, path)
        return
    within[name] = _property(account, within, name, path)
    if deeper and within[name] is not None:
        _expand(account, within[name], deeper, path)


def _property(account: Account, within: Shape, name: str, path: str) -> Shape | None:
    value = within.get(name)
    if isinstance(value, dict) and "object" in value:
        return value
    if within["object"] == "charge" and name == "refunds":
        made = [r for r in account.listed("refund") if r["charge"] == within["id"]]
        return a_list(f"/v1/charges/{within['id']}/refunds", copy.deepcopy(made[:10]))
    if within["object"] == "checkout.session" and name == "line_items":
        items = account.line_items[within["id"]]
        return a_list(f"/v1/checkout/sessions/{within['id']}/line_items", copy.deepcopy(items))
    if name in within and value is None:
        return None
    named = account.known(value) if isinstance(value, str) else None
    if named is None:
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    return copy.deepcopy(named)
