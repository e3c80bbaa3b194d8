"""F: files that are late, twice, restated, damaged, forged, for others, or empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from feesvc.campaigns.planting.scenes import Deed, Handed, Plant, Scene, Unfit
from feesvc.money import Money
from feesvc.testing.banking import Day
from feesvc.testing.banking.writing import camt053, mt940
from feesvc.testing.settling.faults import (
    changed,
    claiming,
    for_merchant,
    of_amount,
    truncated,
    with_cell,
    with_column,
)


def _missing(scene: Scene) -> None:
    """The document comes two days late."""
    late = scene.day + timedelta(days=2)
    name = scene.hand(scene.layout.document(scene.batch))
    scene.handed[-1] = replace(scene.handed[-1], day=late)
    scene.plant("F01", name, scene.nothing(), heals_on=late)


def _twice(scene: Scene) -> None:
    content = scene.layout.document(scene.batch)
    scene.hand(content)
    name = scene.hand(content, "F02", "-again")
    scene.plant("F02", name, scene.nothing())


def _restated(scene: Scene) -> None:
    """The document says one payment too low; the next day it is restated as it truly is."""
    one = scene.payment()
    wrong = changed(scene.batch, one.native_id, of_amount(one.gross.amount - 1))
    scene.hand(scene.layout.document(wrong))
    name = scene.hand(scene.layout.document(scene.batch), "F03", "-restated")
    scene.handed[-1] = replace(scene.handed[-1], day=scene.tomorrow)
    scene.plant("F03", name, Money(1, scene.batch.currency), heals_on=scene.tomorrow)


def _malformed(scene: Scene) -> None:
    name = scene.hand(b"\x00\xff" + b"no such file" * 10, "F04", "-damaged")
    _afterwards(scene, "F04", name)


def _bad_line(scene: Scene) -> None:
    """An amount of which a digit became a letter."""
    titles = [column.title for column in scene.layout.columns]
    written = list(scene.layout.rows(scene.batch))
    heading = written.index(titles)
    if not scene.batch.movements:
        raise Unfit("no line to damage")
    cells = list(written[heading + 1])
    gross = str(scene.batch.movements[0].gross.amount)
    at = next(
        at for at, cell in enumerate(cells) if cell and _digits(cell).startswith(_digits(gross))
    )
    content = with_cell(scene.layout, scene.batch, 1, at, f"{cells[at][:-1]}O")
    name = scene.hand(content, "F05", "-damaged")
    _afterwards(scene, "F05", name)


def _cut_short(scene: Scene) -> None:
    if not list(scene.layout.after(scene.batch)):
        raise Unfit("its documents declare no totals")
    if scene.chance.random() < 0.5:
        content = truncated(scene.layout, scene.batch)
    else:
        content = scene.layout.document(claiming(scene.batch, count=1, net=100_000))
    _afterwards(scene, "F06", scene.hand(content, "F06", "-damaged"))


def _gap(scene: Scene) -> None:
    """A bank statement is skipped: today's is handed over only after tomorrow's."""
    _bank_deed(scene, "F07", "statement skipped")


def _discontinued(scene: Scene) -> None:
    """A statement begins with another balance than the one before ended with."""
    _bank_deed(scene, "F08", "statement begins elsewhere")


def _no_roll_forward(scene: Scene) -> None:
    _bank_deed(scene, "F09", "statement does not add up")


def _forged(scene: Scene) -> None:
    """The bytes are not those that the intermediary signed or announced by their sum."""
    content = scene.layout.document(claiming(scene.batch, net=1))
    name = scene.hand(content, "F10", "-unsigned")
    _afterwards(scene, "F10", name)


def _for_another(scene: Scene) -> None:
    if not scene.batch.merchant or not scene.batch.movements:
        raise Unfit("its documents name no merchant, or this one holds nothing")
    other = for_merchant(scene.batch, f"{scene.batch.merchant}9")
    _afterwards(scene, "F11", scene.hand(scene.layout.document(other), "F11", "-other"))


def _another_layout(scene: Scene) -> None:
    content = with_column(scene.layout, scene.batch, "NEW_COLUMN")
    _afterwards(scene, "F12", scene.hand(content, "F12", "-layout"))


def _empty(scene: Scene) -> None:
    """A statement without an entry, its balances equal: accepted."""
    _bank_deed(scene, "F13", "statement without entries")


def _afterwards(scene: Scene, code: str, name: str) -> None:
    """What was wrong is recorded; the right document follows."""
    scene.hand(scene.layout.document(scene.batch))
    scene.plant(code, name, scene.nothing())


def _bank_deed(scene: Scene, code: str, what: str) -> None:
    """Statements are written at the end of the day, when the bank knows all that it booked."""
    scene.deeds.append(Deed(what=what, day=scene.day, item=scene.bank.number))
    scene.plant(code, what, scene.nothing(), source="bank", account=scene.bank.number)


def statement_files(deeds: list[Deed], day: Day) -> list[Handed]:
    """A day's statement as files, with what was planted in it, and the right one after it."""
    right = _handed(day, camt053([day]), "")
    made: list[Handed] = []
    for deed in deeds:
        if deed.item != day.number or deed.day != day.on:
            continue
        if deed.what == "statement begins elsewhere":
            moved = Money(1_000, day.currency)
            wrong = replace(day, opening=day.opening + moved, closing=day.closing + moved)
            made.append(_handed(wrong, camt053([wrong]), "F08"))
        elif deed.what == "statement does not add up":
            wrong = replace(day, closing=day.closing + Money(1, day.currency))
            made.append(_handed(wrong, mt940([wrong]), "F09"))
        elif deed.what == "statement skipped":
            right = replace(right, day=day.on + timedelta(days=2))
    return [*made, right]


def _handed(day: Day, content: bytes, verdict: str) -> Handed:
    mark = f"-{verdict}" if verdict else ""
    return Handed(
        name=f"{day.identity}{mark}", source="bank", account=day.number,
        day=day.on + timedelta(days=1), content=content, verdict=verdict,
    )  # fmt: skip


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


PLANTS: Mapping[str, Plant] = {
    "F01": _missing,
    "F02": _twice,
    "F03": _restated,
    "F04": _malformed,
    "F05": _bad_line,
    "F06": _cut_short,
    "F07": _gap,
    "F08": _discontinued,
    "F09": _no_roll_forward,
    "F10": _forged,
    "F11": _for_another,
    "F12": _another_layout,
    "F13": _empty,
}
DOCUMENTS = frozenset(("F01", "F02", "F03", "F04", "F05", "F06", "F10", "F11", "F12"))
"""Those that hand the scene's document over themselves."""
