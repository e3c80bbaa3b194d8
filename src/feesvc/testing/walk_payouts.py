"""Steps of a walk with refunds by bank transfer: asked for, drawn, paid, refused, returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feesvc.application import (
    bank_credits,
    bank_debits,
    payees,
    payment_lists,
    refunding,
    refunds,
)
from feesvc.domain.refund import Method, Refund
from feesvc.money import Money
from feesvc.people import RefundAccount
from feesvc.testing.walk_agency import COLLECTION, DAY, some_transfer

if TYPE_CHECKING:
    from feesvc.testing.walk import Step, Walk


async def ask_payout(walk: Walk, step: Step) -> None:
    """A person asks, or a process: then two approvers agree."""
    transfer = await some_transfer(walk, step)
    if transfer is not None:
        wish = refunds.Wish(
            transfer=transfer.id, amount=step.amount, lines={}, reason="x", method="bank_transfer"
        )
        by = "person:maker" if step.either else "process:proposals"
        done = await refunds.request_refund(walk.s.house, walk.act(by), wish)
        assert done.result is not None
        walk.refunds.append(done.result.id)


async def name_payee(walk: Walk, step: Step) -> None:
    refund = await walk.some_refund(step)
    if refund is not None:
        to = RefundAccount(bank="970415", number=f"10{step.which}", holder="NGUYEN VAN A")
        await payees.name_payee(walk.s.house, walk.act("person:maker"), refund.id, to)


async def approve_payout(walk: Walk, step: Step) -> None:
    """Agree to a refund and its account, or later to another account alone."""
    refund = await walk.some_refund(step)
    if refund is None or (refund.state == "requested" and refund.method != "bank_transfer"):
        return
    payee = await payees.payee_of(walk.s.house, refund.id)
    by = walk.act("person:b" if step.either else "person:c")
    if refund.state == "requested":
        await refunds.approve_refund(
            walk.s.house, by, refund.id, refund.digest, payee=payee.digest, acknowledged=True
        )
    else:
        await payees.confirm_payee(walk.s.house, by, refund.id, payee.digest, acknowledged=True)


async def pay_out(walk: Walk, step: Step) -> None:
    """All that it takes until the bank is told, at once: alone it is rarely done to its end."""
    latest = step._replace(which=0)
    await ask_payout(walk, step._replace(amount=1 + step.amount % 30_000))
    await name_payee(walk, latest)
    await approve_payout(walk, latest._replace(either=False))
    await approve_payout(walk, latest._replace(either=True))
    await draw(walk, step)


async def draw(walk: Walk, step: Step) -> None:
    """A list of all that wait for one, or of a single one."""
    ready = []
    for id in walk.refunds:
        refund = await walk.s.house.one(Refund, id, "refund")
        if refund.state == "approved" and refund.method == "bank_transfer":
            ready.append(id)
    new = payment_lists.NewList(
        agency="G22", debited=COLLECTION, refunds=ready if step.either else ready[:1],
        execute_on=DAY,
    )  # fmt: skip
    await payment_lists.draw_list(walk.s.house, walk.act("person:o"), new)


async def end_payout(walk: Walk, step: Step) -> None:
    """The bank pays it, refuses it, sends it back; or says something that does not fit."""
    refund = await walk.some_refund(step)
    if refund is None or not refund.reference.startswith("PL"):
        return
    reference, amount = refund.reference, refund.amount
    match step.amount % 4:
        case 0:
            await _debit(walk, reference, amount, step)
        case 1 if refund.state == "instructed" and reference not in walk.bank.payouts:
            list_id = walk.s.store.ids.payment_list("G22", reference[:-3])
            await payment_lists.refuse_payout(
                walk.s.house, walk.act("person:o"), list_id, reference, "closed", DAY
            )
        case 2 if refund.state in ("instructed", "paid"):
            walk.bank.payouts.pop(reference, None)
            await _credit(walk, f"BACK-{reference}", reference, amount)
        case _:  # another amount comes back: that is money of its own, and waits
            name = f"FT-{len(walk.bank.credits) + 1}"
            walk.bank.credits[name] = amount.amount + 1
            await _credit(walk, name, reference, Money(amount.amount + 1, "VND"))


async def reissue(walk: Walk, step: Step) -> None:
    refund = await walk.some_refund(step)
    if refund is not None:
        method: Method = "bank_transfer" if step.either else "intermediary"
        await refunds.reissue_refund(walk.s.house, walk.act("person:d"), refund.id, method)
        await refunding.instruct_refund(walk.s.house, walk.act("process:r"), refund.id)


async def _debit(walk: Walk, reference: str, amount: Money, step: Step) -> None:
    """Once as it was instructed; a debit that does not fit is no money of the walk's bank."""
    fits = step.which % 4 != 3
    line = bank_debits.BankDebit(
        account=COLLECTION, reference=f"OUT-{reference}" if fits else f"ODD-{reference}",
        amount=amount if fits else Money(amount.amount + 1, "VND"), booked_on=DAY,
        narrative=f"HOAN TRA PHI {reference[:9]} {reference[9:]}",
    )  # fmt: skip
    paid = await bank_debits.take_bank_debit(walk.s.house, "G22", line, "person:o")
    if paid.reference == reference and paid.state == "paid":
        walk.bank.payouts[reference] = amount.amount


async def _credit(walk: Walk, name: str, reference: str, amount: Money) -> None:
    line = bank_credits.BankCredit(
        account=COLLECTION, reference=name, amount=amount, booked_on=DAY, value_on=DAY,
        narrative=f"RETURN {reference}",
    )  # fmt: skip
    await bank_credits.take_bank_credit(walk.s.house, "G22", line, "person:o")
