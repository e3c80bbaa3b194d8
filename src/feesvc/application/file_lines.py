"""Lines as they are filed: who they are, in normal form, with the references that name them.

A line's identity is its native id where the file proves that unique, else a hash of its content and
an ordinal among its twins: a real twin is never dropped (reconciliation.md 2.2). What an entry to
which its bank gives no name says has a hash of its own, the same in a report and in the statement.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Literal
from uuid import uuid4

from feesvc.application.bank_references import NamesIn
from feesvc.application.file_accounts import FileAccount
from feesvc.application.house import HANOI
from feesvc.intermediary import SettlementLine
from feesvc.reconciling.filing import FiledLine, FiledStatement
from feesvc.reconciling.keys import key, keys
from feesvc.statement import BankEntry, BankStatement, Unreadable
from feesvc.statement.settled import SettledBatch

TOKEN = re.compile(r"(?=[0-9A-Z]*[0-9])[0-9A-Z]{6,35}", re.ASCII)
"""What may be a reference in a narrative: a word with a digit in it."""
PERSONAL = re.compile(r"(?:84|0)[35789][0-9]{8}|0[0-9]{2}[0-9][0-9]{8}", re.ASCII)
"""A Vietnamese mobile number, or the 12 digits of a citizen: personal, and nobody's reference."""
LONGEST = 140
LARGEST_SUM = 2**53
"""Minor units that the lines of one statement may come to; a table holds many such."""
YEARS = range(1970, 2200)
"""A day before or after is a mistake of whoever wrote it: no book is opened for it."""
AHEAD, SETTLED_AHEAD = timedelta(days=1), timedelta(days=60)
"""How far ahead of us a booking may be, and the day on which money is to arrive or to count."""


def settled(batches: Iterable[SettledBatch]) -> list[FiledStatement]:
    """Each batch with its lines; raises ``Unreadable`` for a text that is too long to be a name."""
    return [_batch(ordinal, batch) for ordinal, batch in enumerate(batches, 1)]


def banked(
    account: FileAccount, statements: Sequence[BankStatement], names: NamesIn
) -> tuple[list[FiledStatement], tuple[str, ...]]:
    """Each statement with its booked entries, and what else there is to say."""
    native = Counter(_named(e) for one in statements for e in booked(one))
    twins: Counter[str] = Counter()
    seen: set[str] = set()
    filed: list[FiledStatement] = []
    notes: list[str] = []
    leg: Literal["T", "B"] = "T" if account.source == "treasury" else "B"
    for ordinal, one in enumerate(statements, 1):
        pending = sum(entry.status == "pending" for entry in one.entries)
        if pending:
            notes.append(f"statement {ordinal}: {pending} pending entries are no lines yet")
        notes += [f"statement {ordinal}: {warning}" for warning in one.warnings]
        # Closed statements follow on each other: what looks the same in another one is a real twin.
        scope = _name_of(one) if one.kind == "statement" else ""
        twins.clear()
        lines = []
        for number, entry in enumerate(booked(one), 1):
            line = _entry(number, leg, entry, native, twins, scope, names)
            if line.identity in seen:
                why = "an entry stands in two statements of the file"
                raise Unreadable("F06", why, place=entry.place)
            lines.append(line)
        seen |= {line.identity for line in lines}
        filed.append(_statement(ordinal, one, lines))
    return filed, tuple(notes)


def booked(one: BankStatement) -> list[BankEntry]:
    """The entries that are lines, in the order in which lines are numbered."""
    return [entry for entry in one.entries if entry.status == "booked"]


def _named(entry: BankEntry) -> tuple[str, int, str, bool]:
    """Banks give a payment and its charge one id: it names one of them with its amount alone."""
    return entry.native_id, entry.amount.amount, entry.amount.currency, entry.reversal


def _batch(ordinal: int, batch: SettledBatch) -> FiledStatement:
    native = Counter(line.native_id for line in batch.lines)
    proved = not native[""] and all(count == 1 for count in native.values())
    twins: Counter[str] = Counter()
    lines = [
        _settled_line(number, batch, line, proved, twins)
        for number, line in enumerate(batch.lines, 1)
    ]
    days = [_day(line.at, line.place) for line in batch.lines]
    settled_on = batch.settled_on or max(days, default=None)
    if settled_on is None:
        raise Unreadable("F13", "no line, and no day of settlement")
    for part in ("gross", "commission", "tax", "net"):
        _addable(batch.sum_of(part))
    return FiledStatement(
        id=uuid4(), ordinal=ordinal, currency=batch.currency, identity=_short(batch.batch),
        sequence=None, starts_on=min(days, default=None), ends_on=settled_on, opening=None,
        closing=None, count=len(lines), gross=batch.sum_of("gross"),
        commission=batch.sum_of("commission"), tax=batch.sum_of("tax"), net=batch.sum_of("net"),
        lines=lines,
    )  # fmt: skip


def _settled_line(
    number: int, batch: SettledBatch, line: SettlementLine, proved: bool, twins: Counter[str]
) -> FiledLine:
    amounts = [line.gross.amount, line.commission.amount, line.tax.amount, line.net.amount]
    scope = [batch.batch, batch.currency]
    at = line.at.isoformat()
    content = [*scope, line.kind, line.native_id, line.transaction, line.reference, amounts, at]
    of_another = line.kind not in ("payment", "fee", "tax", "payout")
    return FiledLine(
        number=number, place=line.place[:60], leg="S",
        identity=_hash("native", *scope, line.native_id) if proved else _twin(content, twins),
        native_id=_short(line.native_id), kind=line.kind, transaction=key(_short(line.transaction)),
        reference=key(_short(line.reference)),
        original=key(_short(line.original or (line.transaction if of_another else ""))),
        told_transaction=line.transaction, told_reference=line.reference,
        told_original=line.original, batch=_short(batch.batch),
        keys=keys([line.transaction, line.reference, line.original]),
        gross=amounts[0], commission=amounts[1], tax=amounts[2], net=amounts[3],
        currency=batch.currency, occurred_at=line.at,
        value_on=_believed(line.settled_on or batch.settled_on or _day(line.at), line.place),
    )  # fmt: skip


def _entry(
    number: int, leg: Literal["T", "B"], entry: BankEntry,
    native: Counter[tuple[str, int, str, bool]], twins: Counter[str], scope: str, names: NamesIn,
) -> FiledLine:  # fmt: skip
    amount, currency = entry.amount.amount, entry.amount.currency
    way = "credit" if amount >= 0 else "debit"
    # What the bank takes back of a credit is a debit, and the other way round.
    kind = {"credit": "debit_reversal", "debit": "credit_reversal"}[way] if entry.reversal else way
    content = [
        entry.booked_on.isoformat(), entry.value_on.isoformat(), amount, currency, kind,
        entry.native_id, entry.narrative, list(entry.references), entry.counterparty_account,
    ]  # fmt: skip
    for day in (entry.booked_on, entry.value_on):
        _believed(day, entry.place)
    proved = entry.native_id and native[_named(entry)] == 1
    references = [one for one in entry.references if one]
    return FiledLine(
        number=number, place=entry.place[:60], leg=leg,
        identity=_hash("native", *_named(entry)) if proved else _twin([scope, *content], twins),
        content="" if proved else _hash("content", "", *content),
        native_id=_short(entry.native_id), kind=kind, transaction=key(_short(entry.native_id)),
        reference=key(_short(references[0])) if references else "", original="", batch="",
        keys=keys([*references, *names(entry.narrative), *_tokens(entry)])[:50], gross=amount,
        commission=0, tax=0, net=amount, currency=currency,
        occurred_at=datetime.combine(entry.booked_on, time(), HANOI), value_on=entry.value_on,
    )  # fmt: skip


def _tokens(entry: BankEntry) -> Iterator[str]:
    """Words of the narrative that may be references: no names, no numbers of people."""
    account = key(entry.counterparty_account)
    for token in TOKEN.findall(entry.narrative.upper()):
        if token != account and not PERSONAL.fullmatch(token):
            yield token


def _statement(ordinal: int, one: BankStatement, lines: list[FiledLine]) -> FiledStatement:
    days = _days_of(one)
    if not lines and (not days or one.opening is None or one.closing is None):
        raise Unreadable("F13", "no entry, and no balances that say so")
    for day in days:
        _believed(day, "balances")
    total = _addable(sum(line.net for line in lines))
    balanced = one.kind == "statement"
    return FiledStatement(
        id=uuid4(), ordinal=ordinal, currency=one.currency, identity=_short(_name_of(one)),
        sequence=one.sequence if balanced else None, starts_on=days[0], ends_on=days[-1],
        opening=one.opening.amount.amount if balanced and one.opening else None,
        closing=one.closing.amount.amount if balanced and one.closing else None,
        count=len(lines), gross=total, commission=0, tax=0, net=total, lines=lines,
    )  # fmt: skip


def _name_of(one: BankStatement) -> str:
    """What it is, its own name or number, and its days: numbers begin anew each year."""
    days = _days_of(one)
    told = one.identity or ("" if one.sequence is None else str(one.sequence))
    return " ".join(filter(None, [one.kind, told, *map(str, days[:1]), *map(str, days[-1:])]))


def _days_of(one: BankStatement) -> list[date]:
    """Every day that it tells of, the first one first."""
    ends = [b.on for b in (one.opening, one.closing) if b is not None and b.on is not None]
    return sorted([*ends, *(e.booked_on for e in one.entries if e.status == "booked")])


def _twin(content: Sequence[object], twins: Counter[str]) -> str:
    hashed = _hash("content", *content)
    twins[hashed] += 1
    return f"{hashed}.{twins[hashed]}"


def _hash(*parts: object) -> str:
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _short(text: str) -> str:
    """Names are short; what is longer is no name, and would be an attack on an index."""
    if len(text) > LONGEST:
        raise Unreadable("F05", f"a name of more than {LONGEST} characters")
    return text


def _day(at: datetime, place: str = "") -> date:
    _believed(at.date(), place)
    return at.astimezone(HANOI).date()


def _addable(amount: int) -> int:
    if abs(amount) > LARGEST_SUM:
        raise Unreadable("F05", "its lines add up to more than there is")
    return amount


def _believed(day: date, place: str) -> date:
    if day.year not in YEARS:
        raise Unreadable("F05", f"the year {day.year} is none of a payment", place=place)
    return day


def happened(statements: Sequence[FiledStatement], today: date) -> None:
    """Raises ``Unreadable`` for what is said to have happened on a day that is still to come: no
    run would look at it before that day. The clocks of others may be ahead by one.
    """
    for one in statements:
        for line in one.lines:
            day = line.occurred_at.astimezone(HANOI).date()
            place = line.place or f"statement {one.ordinal} line {line.number}"
            if day > today + AHEAD:
                raise _to_come(day, place)
            if line.value_on > today + SETTLED_AHEAD:
                raise _to_come(line.value_on, place)
        # An intermediary names the day on which it will pay; a bank tells of days that are over.
        if one.ends_on > today + (AHEAD if one.closing is not None else SETTLED_AHEAD):
            raise _to_come(one.ends_on, f"statement {one.ordinal}")


def _to_come(day: date, place: str) -> Unreadable:
    said = day.strftime("%d/%m/%Y")
    return Unreadable("F05", "it tells of a day that is still to come", place=place, text=said)
