"""Steps about an agency's own bank account: credits, reclassifying, refunds by transfer, bills."""

from __future__ import annotations

from datetime import date
from typing import Any, cast
from uuid import UUID

from feesvc.application import (
    accounts,
    bank_credits,
    bank_debits,
    cancelling,
    inquiries,
    payees,
    payment_lists,
    reclassifying,
    refunds,
    registries,
    settlements,
)
from feesvc.application.house import Act
from feesvc.campaigns.commanding import Everything, Step, Steps, told
from feesvc.campaigns.commanding.paying import checking, refund
from feesvc.domain.agency import Agency
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.payment_list import PaymentList
from feesvc.domain.reclassification import Reclassification
from feesvc.intermediary import (
    Ended,
    NoBill,
    Notification,
    Outcome,
    PaymentOrder,
    Reply,
    SettlementLine,
)
from feesvc.money import Money
from feesvc.people import RefundAccount
from feesvc.testing.scenario import NOON, Sayso
from feesvc.testing.walk_agency import COLLECTION

BANKING = Steps()
DAY = date(2026, 11, 20)
LIMIT = 15_000
"""Above this another person agrees."""
OFFICER = "person:officer"


class Asking(Sayso):
    """A channel that asks what a dossier owes."""

    def read_inquiry(self, notification: Notification) -> str:
        return notification.body.decode()

    def answer_inquiry(self, notification: Notification, bill: PaymentOrder | NoBill) -> Reply:
        return Reply(status=200, body=_of_bill(bill).encode())

    def cancel(self, order: PaymentOrder) -> Outcome:
        return Ended(reference=order.reference, reason="cancelled", at=NOON)


def vnd(amount: int) -> Money:
    return Money(amount, "VND")


def transfer(e: Everything, reference: str) -> UUID:
    ids = e.s.store.ids
    place = ids.bank_account(e.code, COLLECTION.bank, COLLECTION.number, COLLECTION.currency)
    return ids.transfer(place, reference)


def _of_bill(bill: PaymentOrder | NoBill) -> str:
    return bill if isinstance(bill, str) else f"{bill.dossier[-1]}: {bill.amount}"


@BANKING.of(registries.change)
async def collect_here(e: Everything, act: Act) -> object:
    def how(agency: Agency) -> None:
        agency.set_bank_account("collection", COLLECTION, date(2026, 1, 1), act.at)
        agency.set_approval_limit(vnd(LIMIT), date(2026, 1, 1), act.at)

    return await registries.change(e.s.house, act, Agency, e.s.store.ids.agency(e.code), how, told)


def credits_it(reference: str, amount: int) -> Step:
    async def credit(e: Everything, act: Act) -> object:
        line = bank_credits.BankCredit(
            account=COLLECTION, reference=reference, amount=vnd(amount), booked_on=DAY,
            value_on=DAY, narrative="nop tien", payer="NGUYEN VAN DUC",
        )  # fmt: skip
        taken = await bank_credits.take_bank_credit(e.s.house, e.code, line, OFFICER)
        return f"at version {taken.version}"

    return credit


for reference, amount in (("FT1", 200_000), ("FT2", 50_000)):
    BANKING.of(bank_credits.take_bank_credit)(credits_it(reference, amount))


@BANKING.of(bank_credits.reverse_bank_credit)
async def take_back(e: Everything, act: Act) -> object:
    taken = await bank_credits.reverse_bank_credit(
        e.s.house, e.code, transfer(e, "FT2"), DAY, "bank_error", OFFICER
    )
    return f"at version {taken.version}"


def asks_to_move(name: str, amount: int) -> Step:
    async def ask(e: Everything, act: Act) -> object:
        e.ids[name] = e.s.store.ids.reclassification(act.id)
        wish = reclassifying.Wish(
            item=reclassifying.Item(transfer=transfer(e, "FT1"), place="suspense"),
            purpose="credit_payer", reason="identified", amount=amount,
        )  # fmt: skip
        return await reclassifying.request_reclassification(e.s.house, act, wish, told)

    return ask


for name, amount in (("at once", LIMIT), ("agreed to", LIMIT + 1)):
    BANKING.of(reclassifying.request_reclassification)(asks_to_move(name, amount))


@BANKING.of(reclassifying.approve_reclassification)
async def agree(e: Everything, act: Act) -> object:
    id = e.ids["agreed to"]
    digest = (await e.s.house.see(Reclassification, id, "")).digest
    return await reclassifying.approve_reclassification(e.s.house, checking(act), id, digest, told)


BANKING.of(reclassifying.request_reclassification)(asks_to_move("not done", LIMIT + 2))


@BANKING.of(reclassifying.reject_reclassification)
async def refuse(e: Everything, act: Act) -> object:
    return await reclassifying.reject_reclassification(
        e.s.house, checking(act), e.ids["not done"], "wrong", told
    )


def asks_back(name: str) -> Step:
    async def ask(e: Everything, act: Act) -> object:
        e.ids[name] = e.s.store.ids.refund(act.id)
        wish = refunds.Wish(
            transfer=transfer(e, "FT1"), amount=10_000, lines={}, reason="x",
            method="bank_transfer",
        )  # fmt: skip
        return await refunds.request_refund(e.s.house, act, wish, told)

    return ask


def names(name: str, number: str) -> Step:
    async def name_it(e: Everything, act: Act) -> object:
        to = RefundAccount(bank="970415", number=number, holder="NGUYEN VAN DUC")
        return await payees.name_payee(e.s.house, act, e.ids[name], to, told)

    return name_it


def approves(name: str) -> Step:
    async def approve(e: Everything, act: Act) -> object:
        digest = (await refund(e, name)).digest
        payee = (await payees.payee_of(e.s.house, e.ids[name])).digest
        return await refunds.approve_refund(
            e.s.house, checking(act), e.ids[name], digest, told, payee=payee, acknowledged=True
        )

    return approve


for name in ("paid by bank", "refused by bank"):
    BANKING.of(refunds.request_refund)(asks_back(name))
    BANKING.of(payees.name_payee)(names(name, "1020304050"))
    BANKING.of(refunds.approve_refund)(approves(name))


@BANKING.of(payment_lists.draw_list)
async def draw(e: Everything, act: Act) -> object:
    wanted = [e.ids["paid by bank"], e.ids["refused by bank"]]
    new = payment_lists.NewList(agency=e.code, debited=COLLECTION, refunds=wanted, execute_on=DAY)
    done = await payment_lists.draw_list(e.s.house, act, new, told)
    if done.result is not None:
        e.ids["list"] = done.result.id
    return done


async def entry(e: Everything, name: str) -> str:
    drawn = await e.s.house.see(PaymentList, e.ids["list"], "")
    [found] = [one.reference for one in drawn.entries if one.refund == e.ids[name]]
    return found


@BANKING.of(payment_lists.refuse_payout)
async def refuse_line(e: Everything, act: Act) -> object:
    reference = await entry(e, "refused by bank")
    return await payment_lists.refuse_payout(
        e.s.house, act, e.ids["list"], reference, "no_such_account", DAY, told
    )


BANKING.of(payees.name_payee)(names("refused by bank", "99887766"))


@BANKING.of(payees.confirm_payee)
async def confirm(e: Everything, act: Act) -> object:
    digest = (await payees.payee_of(e.s.house, e.ids["refused by bank"])).digest
    return await payees.confirm_payee(
        e.s.house, checking(act), e.ids["refused by bank"], digest, True, told
    )


@BANKING.of(refunds.reissue_refund)
async def send_again(e: Everything, act: Act) -> object:
    return await refunds.reissue_refund(
        e.s.house, act, e.ids["refused by bank"], "bank_transfer", told
    )


@BANKING.of(bank_debits.take_bank_debit)
async def debit(e: Everything, act: Act) -> object:
    line = bank_debits.BankDebit(
        account=COLLECTION, reference="FT3", amount=vnd(10_000), booked_on=DAY,
        narrative=await entry(e, "paid by bank"),
    )  # fmt: skip
    return (await bank_debits.take_bank_debit(e.s.house, e.code, line, OFFICER)).state


@BANKING.of(settlements.take_settlement_line)
async def settle_line(e: Everything, act: Act) -> object:
    line = SettlementLine(
        kind="payment", native_id="alone", transaction="T-98", reference="", gross=vnd(100_000),
        commission=vnd(-1_100), tax=vnd(0), net=vnd(98_900), at=NOON,
    )  # fmt: skip
    await settlements.take_settlement_line(e.s.house, e.id("account"), "B-2", line, OFFICER)
    return None


@BANKING.of(accounts.open_merchant_account)
async def open_channel(e: Everything, act: Act) -> object:
    cast("dict[str, Any]", e.s.house.desk.kinds)["asking"] = Asking
    new = accounts.NewMerchantAccount(
        agency=e.code, intermediary="asking", mode="test", settings={}, currencies=("VND",)
    )
    return await accounts.open_merchant_account(e.s.house, act, e.id("channel"), new, told)


@BANKING.of(inquiries.bill_of)
async def bill(e: Everything, act: Act) -> object:
    channel = await e.s.house.see(MerchantAccount, e.id("channel"), "")
    told_it = await inquiries.bill_of(e.s.house, channel, f"{e.code}-261120-4")
    if isinstance(told_it, PaymentOrder):
        e.ids["bill"] = e.s.store.ids.payment(channel.id, told_it.reference)
    return _of_bill(told_it)


@BANKING.of(cancelling.cancel_payment)
async def withdraw_bill(e: Everything, act: Act) -> object:
    return await cancelling.cancel_payment(e.s.house, act, e.ids["bill"], told)


@BANKING.of(inquiries.answer_inquiry)
async def inquire(e: Everything, act: Act) -> object:
    question = Notification(
        method="POST", query=b"", headers={}, body=f"{e.code}-261120-7".encode(), received_at=NOON
    )
    return (await inquiries.answer_inquiry(e.s.house, e.id("channel"), question)).body
