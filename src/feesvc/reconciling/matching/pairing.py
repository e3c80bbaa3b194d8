"""Pairing bank lines: credits with batches, debits with orders, as pure functions over values.

A credit that names a batch is that batch's; what names nothing is matched only by an exact sum of
batches that follow each other, and only where there is one such explanation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from uuid import UUID

from feesvc.domain.calendar import Calendar
from feesvc.domain.match_terms import MatchTerms
from feesvc.reconciling.matching.scope import Broken, Grouped

LONGEST = 60
"""Batches that one credit is looked for in; a window of more is no evidence."""
WIDEST_WITH_EXCLUSIONS = 30
MOST_EXCLUDED = 2
REVERSALS = {"credit_reversal": "B07", "debit_reversal": "T05"}
"""What a bank takes back of its own entries, where it names nothing that is awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One line of a bank account; ``amount`` is what the account gained, ``keys`` normalised."""

    id: int
    identity: str
    kind: str
    amount: int
    currency: str
    keys: frozenset[str]
    day: date
    statement: str
    number: int

    @property
    def order(self) -> tuple[date, str, int, str]:
        return self.day, self.statement, self.number, self.identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A batch to be credited or an order to be debited; ``left`` is what is still to come."""

    id: UUID
    account: UUID
    kind: str
    keys: frozenset[str]
    left: int
    currency: str
    day: date
    done: bool

    @property
    def item(self) -> str:
        return f"{'batch' if self.kind == 'batch' else 'order'}:{self.id}"


class Pairing:
    """One look at the open lines of a bank account; the order in which they come is nothing."""

    def __init__(
        self, lines: Iterable[BankLine], expected: Iterable[Expected], terms: MatchTerms,
        calendar: Calendar, *, collects: bool = True,
    ) -> None:  # fmt: skip
        self.open = sorted(lines, key=lambda line: line.order)
        self.expected = sorted(expected, key=lambda one: (one.day, str(one.id)))
        self.terms = terms
        self.calendar = calendar
        self.collects = collects
        self.groups: list[Grouped] = []
        self.breaks: list[Broken] = []
        self._taken: set[UUID] = set()

    def run(self) -> Pairing:
        passes = {
            "batch": self.named, "split_merged": self.split_and_merged, "window": self.windows,
            "exclusions": self.exclusions,
        }  # fmt: skip
        if not self.collects:
            self.elsewhere()
        for name in self.terms.passes:
            if name in passes:
                passes[name]()
        self.contradicted()
        self.unnamed()
        return self

    def elsewhere(self) -> None:
        """A payout that came to another of our accounts than the one it belongs on."""
        for line in [line for line in self.open if line.amount > 0]:
            batches = [one for one in self._names(line) if one.kind == "batch"]
            if batches:
                self._break(line, "B09", batches)

    def named(self) -> None:
        """A line that names one thing of exactly its amount; who comes second is told twice."""
        for line in list(self.open):
            found = self._named_by(line)
            if len(found) == 1 and found[0].left == line.amount:
                self._group("batch", "batch", [line], found)
            elif found and any(one.left == line.amount for one in found):
                exact = [one for one in found if one.left == line.amount]
                if len(exact) > 1:
                    self._break(line, "S20", exact)

    def split_and_merged(self) -> None:
        """Several batches named by one credit, several credits that name one batch: exact sums."""
        for line in list(self.open):
            found = self._named_by(line)
            if len(found) > 1 and sum(one.left for one in found) == line.amount:
                self._group("composite", "split_merged", [line], found)
        of: dict[UUID, list[BankLine]] = defaultdict(list)
        for line in self.open:
            found = self._named_by(line)
            if len(found) == 1:
                of[found[0].id].append(line)
        for one in [one for one in self.expected if one.id in of]:
            parts = of[one.id]
            near = all(self._within(one, part) for part in parts)
            if len(parts) > 1 and near and sum(part.amount for part in parts) == one.left:
                self._group("composite", "split_merged", parts, [one])

    def windows(self) -> None:
        """Batches that follow each other and add up to a credit that names none, if only so."""
        explained = [
            (line, windows) for line in self.open if line.amount > 0 and not self._names(line)
            if (windows := self._windows(line))
        ]  # fmt: skip
        wanted: dict[UUID, int] = defaultdict(int)
        for _, windows in explained:
            for id in {one.id for window in windows for one in window}:
                wanted[id] += 1
        for line, windows in explained:
            alone = len(windows) == 1 and all(wanted[one.id] == 1 for one in windows[0])
            if not alone:
                every = {one.id: one for window in windows for one in window}
                self._break(line, "S20", list(every.values()))
            else:
                # One amount on one day is no evidence: a citizen may have paid as much.
                self._group("window", "window", [line], windows[0], proposed=len(windows[0]) == 1)

    def exclusions(self) -> None:
        """As ``windows``, less one or two batches that are late: only ever a proposal."""
        for line in [line for line in self.open if line.amount > 0 and not self._names(line)]:
            found = self._windows_with_exclusions(line)
            if len(found) == 1:
                self._group("window", "exclusions", [line], found[0], proposed=True)

    def contradicted(self) -> None:
        """What names something and is of another amount, or comes again after it was done.

        A debit that names a payout is that payout, taken back by the bank.
        """
        for line in list(self.open):
            found, named = self._named_by(line), self._names(line)
            if not named:
                continue
            [*left] = found
            if line.amount < 0 and all(one.kind == "batch" for one in named):
                self._break(line, "B07", named)
            elif not left:
                self._break(line, "B08" if line.amount > 0 else "T07", named)
            elif line.amount < 0:
                self._break(line, "T03", left)
            elif len(left) == 1 and (account := self._tolerated(left[0], line)):
                self._group("batch", "batch", [line], left, account=account)
            else:
                self._break(line, "B04", left)

    def unnamed(self) -> None:
        for line in list(self.open):
            code = REVERSALS.get(line.kind, "B03" if line.amount > 0 else "B11")
            self._break(line, code, [])

    def _names(self, line: BankLine) -> list[Expected]:
        return [
            one for one in self.expected
            if one.keys & line.keys and one.currency == line.currency
            and (self._done(one, line) or (one.left > 0) == (line.amount > 0))
        ]  # fmt: skip

    def _done(self, one: Expected, line: BankLine) -> bool:
        """A payout that another line of this run brings is there before a debit takes it back."""
        brought = one.kind == "batch" and line.amount < 0 and one.id in self._taken
        return one.done or brought

    def _named_by(self, line: BankLine) -> list[Expected]:
        return [one for one in self._names(line) if not one.done and one.id not in self._taken]

    def _within(self, one: Expected, line: BankLine) -> bool:
        between = self.calendar.business_days_between(one.day, line.day)
        return 0 <= between <= self.terms.days

    def _tolerated(self, one: Expected, line: BankLine) -> str:
        """The account that what is short goes to without a person, by the rules; a charge first."""
        short = one.left - line.amount
        fits = (a for a in ("5320", "1290") if 0 < short <= self.terms.tolerance(a, line.currency))
        return next(fits, "")

    def _near(self, line: BankLine) -> Iterable[Sequence[Expected]]:
        """The batches of each account that may be in a credit, in the order of their days."""
        of: dict[UUID, list[Expected]] = defaultdict(list)
        for one in self.expected:
            fits = one.kind == "batch" and not one.done and one.id not in self._taken
            if self.collects and fits and one.currency == line.currency and self._within(one, line):
                of[one.account].append(one)
        return of.values()

    def _windows(self, line: BankLine) -> list[tuple[Expected, ...]]:
        found: list[tuple[Expected, ...]] = []
        for batches in self._near(line):
            sums = {0: [0]}
            total = 0
            for end, one in enumerate(batches, start=1):
                total += one.left
                starts = sums.get(total - line.amount, ())
                found += [tuple(batches[at:end]) for at in starts if end - at <= LONGEST]
                sums.setdefault(total, []).append(end)
        return found

    def _windows_with_exclusions(self, line: BankLine) -> list[tuple[Expected, ...]]:
        found: dict[frozenset[UUID], tuple[Expected, ...]] = {}
        for batches in self._near(line):
            if len(batches) > WIDEST_WITH_EXCLUSIONS:
                continue
            for start, end in combinations(range(len(batches) + 1), 2):
                window = batches[start:end]
                over = sum(one.left for one in window) - line.amount
                for count in range(1, min(MOST_EXCLUDED, len(window) - 1) + 1):
                    for out in combinations(window, count):
                        if sum(one.left for one in out) == over:
                            kept = tuple(one for one in window if one not in out)
                            found[frozenset(one.id for one in kept)] = kept
        return list(found.values())

    def _group(
        self, how: str, rule: str, lines: Sequence[BankLine], others: Sequence[Expected], *,
        proposed: bool = False, account: str = "",
    ) -> None:  # fmt: skip
        said = [line.identity for line in lines], [one.item for one in others]
        self.groups.append(Grouped(
            how=how, rule=rule, lines=tuple((line.id, line.amount) for line in lines),  # type: ignore[arg-type]
            others=tuple((one.item, one.left) for one in others), currency=lines[0].currency,
            said=f"{rule} {said} {account}", proposed=proposed, account=account,
        ))  # fmt: skip
        if proposed:
            self._break(lines[0], "S19", others)
            return
        self._taken |= {one.id for one in others}
        for line in lines:
            self.open.remove(line)

    def _break(self, line: BankLine, code: str, candidates: Sequence[Expected]) -> None:
        self.breaks.append(Broken(
            line=line.id, identity=line.identity, amount=line.amount, currency=line.currency,
            code=code, candidates=tuple(sorted(one.item for one in candidates)),
        ))  # fmt: skip
        self.open.remove(line)
