"""Reading elements by their local names, and values that are exactly what they should be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, TypeAlias

from feesvc.money import Money, exact
from feesvc.statement import FileFault, Unreadable

Element: TypeAlias = Any
"""An lxml element: the library ships no types."""
PLAIN = re.compile(r"-?\d{1,18}(\.\d{1,18})?", re.ASCII)
CURRENCY = re.compile("[A-Z]{3}")
DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T.*|[+-]\d\d:\d\d|Z)?", re.ASCII)


@cache
def _path(names: str) -> str:
    return "/".join(f"{{*}}{name}" for name in names.split("/"))


def children(element: Element, name: str) -> Sequence[Element]:
    found: list[Element] = element.findall(_path(name))
    return found


def child(element: Element | None, path: str) -> Element | None:
    """The first element at ``path``, local names joined by ``/``."""
    if element is None:
        return None
    return element.find(_path(path))


def text(element: Element | None, path: str) -> str:
    """The text at ``path`` without the space around it, or empty."""
    found = child(element, path)
    return "" if found is None else (found.text or "").strip()


def texts(element: Element, path: str) -> list[str]:
    """Every text at ``path``, empty ones left out."""
    return [said for one in element.iterfind(_path(path)) if (said := (one.text or "").strip())]


def broken(element: Element, code: FileFault, why: str, said: str = "") -> Unreadable:
    return Unreadable(code, why, place=f"line {element.sourceline}", text=said)


def amount(element: Element) -> Money:
    """``Amt`` of an element, signed by its ``CdtDbtInd``."""
    said = child(element, "Amt")
    if said is None:
        raise broken(element, "F05", "no Amt")
    written, direction = (said.text or "").strip(), text(element, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise broken(element, "F05", "CdtDbtInd is neither CRDT nor DBIT", direction)
    if written.startswith("-"):
        raise broken(said, "F05", "an amount is written without a sign", written)
    money = plain(said, written, said.get("Ccy", ""))
    return money if direction == "CRDT" else -money


def plain(element: Element, written: str, currency: str) -> Money:
    """Reasons go on record, and do not repeat what stands in the file. Raises ``Unreadable``."""
    if PLAIN.fullmatch(written) is None:
        raise broken(element, "F05", "no amount: a plain decimal number such as 115000", written)
    if CURRENCY.fullmatch(currency) is None:
        raise broken(element, "F05", "no currency of three capital letters", currency)
    try:
        return exact(written, currency)
    except ValueError as error:
        raise broken(element, "F05", str(error), written) from None


def day(element: Element | None) -> date | None:
    """``Dt`` or the day of ``DtTm`` in the message's own zone; None where neither is."""
    if element is None:
        return None
    written = text(element, "Dt") or text(element, "DtTm")
    if not written:
        return None
    found = DAY.fullmatch(written)
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise broken(element, "F05", "not a day", written) from None
