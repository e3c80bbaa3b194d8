"""F: files that are late, twice, restated, damaged, forged, for others, or empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from feesvc.campaigns.planting.scenes import Deed, Handed, Plant, Scene, Unfit
from feesvc.money import Money
from feesvc.reconciling.calendar import vietnam
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

ONE_DAY, LATE = timedelta(days=1), timedelta(days=2)


def _missing(scene: Scene) -> None:
    """A bank's statement comes a day late, before that of the next day: both are working days."""
    if not scene.bank.sequence:
        raise Unfit("there is no statement before it")
    if not (_worked(scene.day) and _worked(scene.tomorrow)):
        raise Unfit("nobody expects it before it comes")
    _statement(scene, "F01", "statement late")


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
    scene.plant(
        "F03", name, Money(1, scene.batch.currency), heals_on=scene.tomorrow, also=one.native_id
    )


def _malformed(scene: Scene) -> None:
    content = b"\x00\xff" + scene.batch.identity.encode() * 10
    name = scene.hand(content, "F04", "-damaged")
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
    """A statement is skipped: it comes two days late, and the next one is held meanwhile."""
    if not scene.bank.sequence:
        raise Unfit("there is no statement before it")
    _statement(scene, "F07", "statement skipped")


def _discontinued(scene: Scene) -> None:
    """A statement begins with another balance than the one before ended with."""
    if not scene.bank.sequence:
        raise Unfit("there is no statement before it")
    _statement(scene, "F08", "statement begins elsewhere")


def _no_roll_forward(scene: Scene) -> None:
    _statement(scene, "F09", "statement does not add up")


def _forged(scene: Scene) -> None:
    """The bytes are not those that the intermediary signed or announced by their sum."""
    one = scene.payment()
    other = changed(scene.batch, one.native_id, of_amount(one.gross.amount + 1))
    name = scene.hand(scene.layout.document(other), "F10", "-unsigned")
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
    if any(entry.booked_on == scene.day for entry in scene.other_bank.entries):
        raise Unfit("something was booked on the other account")
    number = scene.other_bank.number
    scene.plant("F13", f"{number} {scene.day}", scene.nothing(), source="bank", account=number)


def _afterwards(scene: Scene, code: str, name: str) -> None:
    """What was wrong is recorded; the right document follows."""
    scene.hand(scene.layout.document(scene.batch))
    scene.plant(code, name, scene.nothing())


def _statement(scene: Scene, code: str, what: str) -> None:
    """Statements are written at the end of the day, when the bank knows all that it booked."""
    number = scene.bank.number
    if scene.busy.get(number, date.min) >= scene.day:
        raise Unfit("another statement of the account is planted in just now")
    scene.busy[number] = scene.day + LATE
    scene.deeds.append(Deed(what=what, day=scene.day, item=number))
    scene.plant(code, f"{number} {scene.day}", scene.nothing(), source="bank", account=number)


def statement_files(deeds: Iterable[Deed], day: Day) -> list[Handed]:
    """A day's statement as files, with what was planted in it, and the right one after it.

    ``deeds`` are those of all days; the statement after one that was skipped is held.
    """
    about = [deed for deed in deeds if deed.item == day.number]
    told = [deed.what for deed in about if deed.day == day.on]
    yesterday = [deed.what for deed in about if deed.day == day.on - ONE_DAY]
    verdict = "F07" if "statement skipped" in yesterday else "" if day.entries else "F13"
    right = _handed(day, camt053([day]), verdict)
    moved, one = Money(1_000, day.currency), Money(1, day.currency)
    if "statement skipped" in told:
        return [replace(right, day=right.day + LATE)]
    if "statement late" in told:
        return [replace(right, day=right.day + ONE_DAY)]
    if "statement begins elsewhere" in told:
        wrong = replace(day, opening=day.opening + moved, closing=day.closing + moved)
        return [_handed(wrong, camt053([wrong]), "F08"), right]
    if "statement does not add up" in told:
        wrong = replace(day, closing=day.closing + one)
        return [_handed(wrong, mt940([wrong]), "F09"), right]
    return [right]


def _handed(day: Day, content: bytes, verdict: str) -> Handed:
    mark = f"-{verdict}" if verdict else ""
    return Handed(
        name=f"{day.identity}{mark}", source="bank", account=day.number, day=day.on + ONE_DAY,
        content=content, verdict=verdict,
    )  # fmt: skip


def _worked(day: date) -> bool:
    return vietnam().business_days_between(day - ONE_DAY, day) == 1


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
DOCUMENTS = frozenset(("F02", "F03", "F04", "F05", "F06", "F10", "F11", "F12"))
"""Those that hand the scene's document over themselves."""
