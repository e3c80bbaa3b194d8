"""Translates OnePay's response codes into outcomes. Pure; a code that is not known is pending.

OnePay's messages carry no time that is documented: money came when we were told of it.
"""

from __future__ import annotations

from datetime import datetime

from feesvc.intermediary import Ended, Outcome, Pending, Received, code_of
from feesvc_onepay.parsing import Message, NoWholeDong, Unreadable

DECLINED = {
    "1": "bank_declined",
    "4": "wrong_access_code",
    "5": "wrong_amount",
    "8": "wrong_card_number",
    "9": "wrong_card_name",
    "10": "card_expired",
    "11": "card_not_registered",
    "12": "wrong_card_date",
    "13": "over_limit",
    "21": "insufficient_funds",
    "99": "cancelled",
}
"""Codes for a payment that was not made. 7 says nothing: unspecified. 3 and 6 name a merchant or a
currency in the domestic gateway's list, and in that of cards a bank that did not answer: no end."""
WAITING = frozenset({"100", "300"})
REFERENCE = "[!-~]{1,40}"
MERCHANT = "[0-9A-Za-z_]{1,32}"
NUMBER = "[0-9A-Za-z_-]{1,40}"


def told(message: Message, merchant: str, at: datetime) -> Outcome:
    """What a notification says."""
    to = message.text("vpc_Merchant", MERCHANT)
    reference = message.text("vpc_MerchTxnRef", REFERENCE)
    return _outcome(message, reference, "" if to == merchant else to, at)


def looked_up(answer: Message, reference: str, merchant: str, at: datetime) -> Outcome:
    """How an order stands by the answer to ``queryDR``."""
    match answer.maybe("vpc_DRExists"):
        case "N":
            return Pending(reference=reference)
        case "Y":
            pass
        case _:
            raise Unreadable("vpc_DRExists")
    if answer.maybe("vpc_MerchTxnRef") != reference or answer.maybe("vpc_Merchant") != merchant:
        raise Unreadable("another order")
    return _outcome(answer, reference, "", at)


def _outcome(message: Message, reference: str, merchant: str, at: datetime) -> Outcome:
    code = message.text("vpc_TxnResponseCode", "[0-9A-Za-z]{1,4}")
    if message.maybe("vpc_CurrencyCode") not in {"", "VND"}:
        return Pending(reference=reference, code="currency")
    if code in WAITING:
        return Pending(reference=reference)
    if code in DECLINED:
        return Ended(reference=reference, reason=DECLINED[code], at=at)
    if code != "0":
        return Pending(reference=reference, code=code_of(f"code_{code}"))
    try:
        amount = message.amount()
    except NoWholeDong:
        return Pending(reference=reference, code="no_whole_dong")
    transaction = message.text("vpc_TransactionNo", NUMBER)
    if not transaction.strip("0"):
        raise Unreadable("vpc_TransactionNo")
    return Received(
        reference=reference, transaction=transaction, amount=amount, at=at, merchant=merchant
    )
