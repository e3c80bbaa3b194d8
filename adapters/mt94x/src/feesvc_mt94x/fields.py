"""The fields of one statement, each held to its form: the library reads a part of what is garbled.

Nothing that stands in a field is said in the reason: reasons go on record, texts do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from feesvc.money import Money, exact
from feesvc.statement import Balance, FileFault, Unreadable

BEGINS = re.compile(r"(?m)^:(\d\d[A-Z]?|NS):")
LONGEST = 15
"""Characters of an amount, its comma among them (SWIFT's 15d)."""
BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d+,\d*)", re.ASCII)
SUM = re.compile(r"(\d{1,5})([A-Z]{3})(\d+,\d*)", re.ASCII)
A_BALANCE = "no balance: C or D, a day, a currency, and digits with one comma"
FORMS = {
    "13": (
        re.compile(r"\d{6}([01]\d|2[0-3])[0-5]\d([+-]\d{4})?", re.ASCII),
        "no moment: a day, a time and perhaps a zone, as in 2611201015+0700",
    ),
    "28": (re.compile(r"\d{1,5}(/?\d{1,5})?", re.ASCII), "no number of at most five digits"),
    # Real banks write a limit of 0 without its comma; no entry hangs on it.
    "34": (
        re.compile(r"[A-Z]{3}[CD ]?\d+(,\d*)?", re.ASCII),
        "no limit: a currency, perhaps C or D, and digits",
    ),
    "60": (BALANCE, A_BALANCE), "62": (BALANCE, A_BALANCE), "64": (BALANCE, A_BALANCE),
    "65": (BALANCE, A_BALANCE),
    "90": (SUM, "no sum of entries: their number, a currency, and digits with one comma"),
}  # fmt: skip
"""By the digits of its tag, how a field is written, and what is wrong with another."""


class Field(NamedTuple):
    """``text`` is all of it, down to the next field; ``line`` counts in the file."""

    tag: str
    line: int
    text: str

    @property
    def first(self) -> str:
        return self.text.partition("\n")[0].strip()

    @property
    def place(self) -> str:
        return f"line {self.line}"

    def broken(self, code: FileFault, why: str) -> Unreadable:
        said = f"field :{self.tag}:, {why}"
        return Unreadable(code, said, place=self.place, text=f":{self.tag}:{self.first}")


def fields(block: str, line: int) -> Iterator[Field]:
    """``line`` is that of the block in its file. Raises ``Unreadable``."""
    begins = list(BEGINS.finditer(block))
    at = 0
    for found, end in zip(begins, [*(one.start() for one in begins[1:]), len(block)], strict=True):
        line += block.count("\n", at, found.start())
        at = found.start()
        field = Field(found[1], line, block[found.end() : end].strip("\n"))
        form, why = FORMS.get(field.tag[:2], (None, ""))
        if form and form.fullmatch(field.first) is None:
            raise field.broken("F05", why)
        if form is BALANCE:
            balance(field)
        elif field.tag[:2] == "13":
            day(field, field.first[:6])
        elif form is SUM and field.tag not in ("90C", "90D"):
            raise field.broken("F05", "it says neither credits (:90C:) nor debits (:90D:)")
        yield field


def day(field: Field, written: str) -> date:
    """Six digits of this century. Raises ``Unreadable``."""
    try:
        return date(2000 + int(written[:2]), int(written[2:4]), int(written[4:]))
    except ValueError:
        raise field.broken("F05", "a day that is in no calendar") from None


def money(field: Field, written: str, currency: str) -> Money:
    """An amount of SWIFT's: the comma is always there. Raises ``Unreadable``."""
    if len(written) > LONGEST:
        raise field.broken("F05", f"an amount of more than {LONGEST} characters")
    whole, _, decimals = written.partition(",")
    try:
        return exact(f"{whole}.{decimals}" if decimals else whole, currency)
    except ValueError as error:
        raise field.broken("F05", f"its amount: {error}") from None


def balance(field: Field) -> Balance:
    """Raises ``Unreadable``."""
    found = BALANCE.fullmatch(field.first)
    assert found is not None, "fields lets no other through"
    amount = money(field, found[4], found[3])
    return Balance(amount=-amount if found[1] == "D" else amount, on=day(field, found[2]))


def declared(field: Field) -> tuple[int, Money]:
    """How many entries a field 90 declares, and what they make. Raises ``Unreadable``."""
    found = SUM.fullmatch(field.first)
    assert found is not None, "fields lets no other through"
    return int(found[1]), money(field, found[3], found[2])


def currency(field: Field) -> str:
    """That of a balance, a sum or a limit."""
    found = re.search("[A-Z]{3}", field.first)
    assert found is not None, "fields lets no other through"
    return found[0]
