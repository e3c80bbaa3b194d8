"""Judging: a forged letter is sent, then the genuine one; both leave one effect at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from feesvc.campaigns.forging.cases import Case, Mail
from feesvc.campaigns.forging.catalogue import Class, Wrong
from feesvc.campaigns.forging.ends import End, faults_of
from feesvc.campaigns.forging.stall import Paid, Stall
from feesvc.testing.at_once import Answer

AWHILE = timedelta(minutes=2)
"""Whoever was told to try again later does so then."""
PROBLEM = (b"content-type", b"application/problem+json")
"""What answers a request that reaches no adapter: its account is nobody's, it is too large."""


@dataclass(slots=True)
class Judge:
    """``said`` counts what was made of the letters of one intermediary."""

    stall: Stall
    said: Counter[str] = field(default_factory=Counter)
    refusals: dict[tuple[int, bytes], str] = field(default_factory=dict)
    """The answers that refused, each with the first letter that got it: there should be one."""

    def try_one(self, kind: Class, seed: int) -> Iterator[str]:
        """One letter of one class; says what was not as it should be."""
        stall = self.stall
        chance = Random(f"{seed} {stall.name} {kind.name}")  # noqa: S311 the same again
        paid, case = stall.case(kind.account)
        mail = kind.forge(case, chance)
        if mail is None:
            self.said["not applicable"] += 1
            return
        before, now = stall.world.head(), stall.world.now
        stall.world.now += timedelta(days=mail.days_late)
        for _ in range(mail.times):
            answer = stall.send(mail.letter)
            yield from self._judge(paid, case, mail, before, answer, kind.name)
            stall.world.now += mail.apart
        stall.world.now += AWHILE
        genuine = stall.send(stall.letter(paid))
        events = stall.world.log(before)
        if not stall.acknowledged(genuine):
            yield f"{kind.name}: the genuine one was answered {_told(genuine)} afterwards"
        if not stall.is_the_effect(paid, events):
            yield f"{kind.name}: both together left {[each.event.TOPIC for each in events]}"
        stall.world.now = now

    def tell_one(self, kind: Wrong, seed: int) -> Iterator[str]:
        """One story of one class, to its end; says what was not as it should be."""
        chance = Random(f"{seed} {self.stall.name} {kind.name}")  # noqa: S311 the same again
        now = self.stall.world.now
        told = kind.tell(self.stall, chance)
        if told is None:
            self.said["not applicable"] += 1
        elif isinstance(told, End):
            self.said["told"] += 1
            yield from faults_of(self.stall, kind.name, told)
        else:
            self.said["told"] += 1
            yield from told
        self.stall.world.now = now

    def _judge(
        self, paid: Paid, case: Case, mail: Mail, before: int, answer: Answer | None, name: str
    ) -> Iterator[str]:
        stall, events = self.stall, self.stall.world.log(before)
        untouched = mail.untouched or stall.believes_nobody
        if answer is None or answer.status >= 500:
            if answer is None or not (untouched and stall.asks_again(case.genuine, answer)):
                yield f"{name}: answered {_told(answer)}"
                return
            self.said["asked for again"] += 1
        if events and not untouched:
            self.said["ACCEPTED"] += 1
            yield f"{name}: accepted: {[each.event.TOPIC for each in events]}"
        elif events and not stall.is_the_effect(paid, events):
            yield f"{name}: had another effect: {[each.event.TOPIC for each in events]}"
        elif events:
            self.said["had the one effect"] += 1
        elif answer.status < 500:
            self.said["refused"] += 1
            yield from self._refused(case, mail, answer, name)

    def _refused(self, case: Case, mail: Mail, answer: Answer, name: str) -> Iterator[str]:
        if mail.letter.path == case.genuine.path and PROBLEM not in answer.headers:
            self.refusals.setdefault((answer.status, answer.body), name)
            if self.stall.acknowledged(answer) and not self.stall.believes_nobody:
                yield f"{name}: refused, and answered as if it had been taken: {_told(answer)}"
        given = self.stall.gives_away(answer, case.genuine)
        if given:
            yield f"{name}: the answer gives away {given}"


def _told(answer: Answer | None) -> str:
    return "nothing" if answer is None else f"{answer.status} {answer.body[:200]!r}"
