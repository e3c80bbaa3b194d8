"""A stall: one intermediary, with accounts of an agency and of its neighbour, and their keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from feesvc.campaigns.forging.cases import Account, Case, Stranger
from feesvc.campaigns.forging.letters import MARK, Letter
from feesvc.domain.aggregate import Recorded
from feesvc.domain.assessment import Assessment
from feesvc.domain.payment import Payment
from feesvc.domain.transfer import Transfer
from feesvc.intermediary import Notification, Reply, Verdict
from feesvc.testing.at_once import Answer, at_once
from feesvc.testing.world import World, intermediaries, other_settings, path_of

USUAL = 115_000
"""Đồng: what a driving licence costs."""
NOBODY = UUID("7b0d3f2a-9a51-4c1e-8f43-3f6f2f6f2a10")


@dataclass(slots=True)
class Paid:
    """A payment that was made, and what the intermediary says of it, made anew at each call."""

    account: UUID
    assessment: UUID
    payment: Payment
    transaction: str
    says: list[Callable[[], httpx.Request]]


class Stall:
    """Everything that one intermediary's notifications are tried on. Amounts in đồng."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.world = world = World(names=(name,))
        self.counterpart = world.counterparts[name]
        self.outbox = world.hold_outbox(name)
        self.kind = intermediaries()[name]
        self.settings = world.settings(name)
        self.strangers: dict[Stranger, dict[str, str]] = {
            "other agency": other_settings(name, self.settings, "other agency"),
            "trial": other_settings(name, self.settings, "trial"),
            "retired": other_settings(name, self.settings, "retired"),
        }
        world.found("G14", "H29")
        self.accounts: dict[Account, UUID] = {
            "usual": world.open_account("G14", name, self.settings),
            "live": world.open_account("G14", name, self.settings, "live"),
            "renewed": self._renewed(),
        }
        neighbour = world.open_account("H29", name, self.strangers["other agency"])
        trial = world.open_account("G14", name, self.strangers["trial"])
        self.neighbour = neighbour
        self.elsewhere = (path_of(neighbour), path_of(trial), path_of(NOBODY))
        self.hints = self.kind.facts.trust == "hint"
        self.believes_nobody = "signature" not in self.counterpart.words
        """A format without signatures: every message of it may make us ask, and none is forged."""

    def _renewed(self) -> UUID:
        """An account whose keys were replaced, with an overlap that is over."""
        account = self.world.open_account("G14", self.name, self.strangers["retired"])
        secret = self.world.desk.secrets(self.name)
        before = {f"{k}_previous": v for k, v in self.strangers["retired"].items() if k in secret}
        self.world.rekey(account, self.name, {**self.settings, **before})
        self.world.rekey(account, self.name, self.settings)
        return account

    def paid(self, account: Account = "usual", amount: int | None = None) -> Paid:
        """A new dossier is paid through ``account``; what is said of it is not delivered yet."""
        asked = self.asked(account)
        asked.transaction = self.counterpart.pay(asked.payment.reference, amount)
        asked.says = self.outbox.taken()
        return asked

    def asked(self, account: Account = "usual") -> Paid:
        """A payment is asked for, and nobody has paid it."""
        id = self.accounts[account]
        assessment = at_once(self.world.assessment("G14", ("charge", USUAL)))
        payment = self.world.ask(id, assessment)
        self.outbox.taken()
        return Paid(id, assessment, payment, "", [])

    def letter(self, paid: Paid, at: int = 0) -> Letter:
        return Letter.of(paid.says[at](), path_of(paid.account))

    def case(self, account: Account) -> tuple[Paid, Case]:
        """A payment that was made, its notification, and what a forger may know besides."""
        another, paid = self.paid(account), self.paid(account)
        request = paid.says[0]()

        def signed_by(stranger: Stranger) -> Letter:
            by = self.counterpart.rephrased(request, {}, self.strangers[stranger])
            return Letter.of(by, path_of(paid.account))

        genuine = Letter.of(request, path_of(paid.account))
        case = Case(
            genuine, self.letter(another), self.counterpart.words, signed_by, self.elsewhere,
            stamped=self._stamped(paid),
        )  # fmt: skip
        return paid, case

    def rephrased(self, paid: Paid, changes: Mapping[str, Any], at: int = 0) -> Letter:
        """What the intermediary would say with other values, signed with its own key."""
        message = self.counterpart.rephrased(paid.says[at](), changes, self.settings)
        return Letter.of(message, path_of(paid.account))

    def send(self, letter: Letter) -> Answer | None:
        return self.world.send(letter.asked())

    def acknowledged(self, answer: Answer | None) -> bool:
        """Whether the intermediary is told that its notification was taken."""
        if answer is None:
            return False
        headers = list(answer.headers)
        reply = httpx.Response(answer.status, headers=headers, content=answer.body)
        return self.counterpart.took(reply)

    def own_words(self, letter: Letter, verdict: Verdict) -> Reply:
        """How a verdict on this letter is said in this intermediary's words."""
        notification = Notification(
            method=letter.method, query=letter.query, headers=dict(letter.headers),
            body=letter.body, received_at=self.world.now,
        )  # fmt: skip
        return self.world.adapter(self.accounts["usual"]).acknowledge(notification, verdict)

    def asks_again(self, letter: Letter, answer: Answer) -> bool:
        """Whether this is the intermediary's own word for "try again", and not an accident."""
        reply = self.own_words(letter, Verdict.TRY_AGAIN)
        return (reply.status, reply.body) == (answer.status, answer.body)

    def is_the_effect(self, paid: Paid, events: list[Recorded]) -> bool:
        """Whether that was one transfer, placed whole on what was owed, and nothing else."""
        topics = Counter(each.event.TOPIC for each in events)
        streams = {each.event.originator_id for each in events}
        transfer = self.transfer(paid)
        expected = {
            Transfer.Received.TOPIC, Transfer.Placed.TOPIC, Assessment.CollectedBy.TOPIC,
            Assessment.Paid.TOPIC, Payment.Ended.TOPIC,
        }  # fmt: skip
        return (
            transfer is not None
            and topics == dict.fromkeys(expected, 1)
            and streams == {transfer.id, paid.assessment, paid.payment.id}
            and [(p.to, p.assessment, p.amount.amount) for p in transfer.buckets]
            == [("line", paid.assessment, USUAL)]
        )

    def transfer(self, paid: Paid, transaction: str = "") -> Transfer | None:
        """The money of a payment as it stands in our log, if it does."""
        return self.money(paid.account, transaction or paid.transaction)

    def money(self, account: UUID, transaction: str) -> Transfer | None:
        id = self.world.store.ids.transfer(account, transaction)
        found = at_once(self.world.store.load([id])).get(id)
        return found if isinstance(found, Transfer) else None

    def gives_away(self, answer: Answer, letter: Letter) -> str:
        """What of an answer a forger could use: a key, a signature, what ``letter`` said."""
        body = answer.body.decode("utf-8", "replace")
        secret = self.world.desk.secrets(self.name)
        for name, value in self.settings.items():
            if name in secret and value in body:
                return f"the secret {name}"
        marks = [mark for mark in MARK.findall(body) if any(c.isdigit() for c in mark)]
        if marks:
            return f"what looks like a signature: {marks[0]}"
        for place in self.counterpart.words.values():
            said = letter.written(place)
            if len(said) >= 6 and said in body:
                return f"what stood at {place}"
        return ""

    def _stamped(self, paid: Paid) -> bool:
        if not hasattr(self, "_found_stamped"):
            before = self.letter(paid)
            self.world.now += timedelta(seconds=77)
            self._found_stamped = self.letter(paid) != before
            self.world.now -= timedelta(seconds=77)
        return self._found_stamped
