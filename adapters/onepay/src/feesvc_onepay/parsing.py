"""OnePay's messages parsed once, strictly: a query that notifies us, or the text of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

from feesvc.money import Money
from feesvc_onepay.signing import AMBIGUOUS, SIGNATURE, SIGNED, canonical, is_signed

LONGEST = 8_192
MOST = 64
HUNDREDTHS = 100
"""OnePay counts in hundredths of a đồng."""
NAME = re.compile("(?:vpc|user)_[0-9A-Za-z_]{1,60}")
ESCAPES = re.compile(rb"(?:[ !-$'-*,-<>-~+]|%[0-9A-Fa-f]{2})*")


class Unreadable(ValueError):
    """Not what was agreed; the message says which part, never what stood in it."""


class NoWholeDong(Unreadable):
    """An amount with a part of a đồng."""


class Message:
    """The signed parameters of one message, by their names on the wire."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def text(self, name: str, form: str) -> str:
        """The whole value, if it is of this form (a regular expression)."""
        value = self.maybe(name)
        if re.fullmatch(form, value) is None:
            raise Unreadable(name)
        return value

    def maybe(self, name: str) -> str:
        return self._values.get(name, "")

    def amount(self) -> Money:
        """``vpc_Amount`` in đồng. Raises ``NoWholeDong`` where it does not come to whole ones."""
        hundredths = int(self.text("vpc_Amount", "[1-9][0-9]{0,11}"))
        if hundredths % HUNDREDTHS:
            raise NoWholeDong("vpc_Amount")
        return Money(hundredths // HUNDREDTHS, "VND")


def believed(text: bytes, keys: Sequence[str]) -> Message:
    """What OnePay signed of ``name=value&…``, nothing else. Raises ``Unreadable``."""
    parameters = parsed(text)
    given = parameters.get(SIGNATURE, "")
    if re.fullmatch("[0-9A-F]{64}", given) is None:
        raise Unreadable("no signature")
    if not is_signed(given, canonical(parameters), keys):
        raise Unreadable("another signature")
    return Message({name: value for name, value in parameters.items() if name != SIGNATURE})


def parsed(text: bytes) -> dict[str, str]:
    """The parameters that are OnePay's, decoded. Raises ``Unreadable``."""
    if len(text) > LONGEST or text.count(b"&") >= MOST:
        raise Unreadable("too long")
    pairs = list(_pairs(text))
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Unreadable("a name stands twice")
    theirs = {name: value for name, value in pairs if name.startswith(SIGNED)}
    for name, value in theirs.items():
        if NAME.fullmatch(name) is None or AMBIGUOUS.search(value):
            raise Unreadable("a parameter that can be read in two ways")
    return theirs


def hundredths(amount: Money) -> str:
    return str(amount.amount * HUNDREDTHS)


def _pairs(text: bytes) -> Iterator[tuple[str, str]]:
    for part in text.split(b"&"):
        name, equals, value = part.partition(b"=")
        if not (name and equals):
            raise Unreadable("not parameters")
        yield _decoded(name), _decoded(value)


def _decoded(raw: bytes) -> str:
    if ESCAPES.fullmatch(raw) is None:
        raise Unreadable("encoded wrongly")
    try:
        decoded = unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError as problem:
        raise Unreadable("not UTF-8") from problem
    if not decoded.isprintable():
        raise Unreadable("control characters")
    return decoded
