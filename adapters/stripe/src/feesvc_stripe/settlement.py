"""The settlement of one payout: the balance transactions that Stripe paid out together.

The document is ``{"payout": <payout>, "pages": [<list of balance transactions>, …]}``, the answers
of the API byte for byte. Stripe lists the transactions of an automatic payout only
(https://docs.stripe.com/payouts/reconciliation), the payout's own among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from feesvc.intermediary import Malformed, Settlement, SettlementLine
from feesvc.money import Money, total
from feesvc_stripe.outcomes import REFERENCE
from feesvc_stripe.reading import (
    JsonObject,
    Unreadable,
    identity,
    member,
    members,
    metadata,
    moment,
    money,
    parse_object,
    text,
)

Kind: TypeAlias = Literal[
    "payment", "refund", "refund_reversal", "dispute", "dispute_reversal",
    "fee", "adjustment", "payout",
]  # fmt: skip

KINDS: Mapping[str, Kind] = {
    "charge": "payment",
    "refund": "refund",
    "refund_failure": "refund_reversal",
    "dispute": "dispute",
    "dispute_reversal": "dispute_reversal",
    "fee": "fee",
    "network_cost": "fee",
    "tax": "fee",
    "payout": "payout",
}
"""Kinds by ``reporting_category`` (https://docs.stripe.com/reports/reporting-categories).

``type`` would not do: it calls disputes, their reversals and failed refunds all "adjustment". A
category that is not listed, also one that Stripe adds, is an adjustment: no line is dropped.
"""

OF_A_TRANSFER = frozenset({"payment", "refund", "refund_reversal", "dispute", "dispute_reversal"})


def document(payout: bytes, pages: Sequence[bytes]) -> bytes:
    """One document of the answers, as they came."""
    return b'{"payout":' + payout + b',"pages":[' + b",".join(pages) + b"]}"


def read_document(content: bytes) -> Settlement:
    """Lines and declared totals; ``Malformed`` unless every sum holds."""
    try:
        whole_document = parse_object(content)
        payout = member(whole_document, "payout")
        pages = members(whole_document, "pages")
        lines = [_line(entry) for page in pages for entry in members(page, "data")]
        settlement = Settlement(
            batch=text(payout, "id"),
            currency=money(payout, "amount").currency,
            net=money(payout, "amount"),
            count=len(lines),
            arrives_on=moment(payout, "arrival_date"),
            lines=iter(lines),
        )
    except Unreadable as error:
        raise Malformed(f"not a settlement of Stripe: {error}") from None
    _check(settlement, pages, lines)
    return settlement


def _line(entry: JsonObject) -> SettlementLine:
    native_id = text(entry, "id")
    try:
        gross, fee, net = (money(entry, name) for name in ("amount", "fee", "net"))
        tax = _tax(entry, fee)
        kind = KINDS.get(text(entry, "reporting_category"), "adjustment")
        transaction, reference = _about(entry, kind)
        at = moment(entry, "created")
    except Unreadable as error:
        raise Unreadable(f"{native_id}: {error}") from None
    if gross - fee != net:
        raise Malformed(f"{native_id}: {gross} less {fee} is not {net}", code="F05")
    return SettlementLine(
        kind=kind,
        native_id=native_id,
        transaction=transaction,
        reference=reference,
        gross=gross,
        commission=tax - fee,
        tax=-tax,
        net=net,
        at=at,
    )


def _tax(entry: JsonObject, fee: Money) -> Money:
    """The part of the fee that is tax. The parts add up to the fee."""
    parts = members(entry, "fee_details")
    amounts = [money(part, "amount") for part in parts]
    if any(amount.currency != fee.currency for amount in amounts):
        raise Unreadable("fee_details has another currency")
    if total(amounts, fee.currency) != fee:
        raise Unreadable(f"fee_details do not add up to {fee}")
    taxes = [amount for part, amount in zip(parts, amounts, strict=True) if _is_tax(part)]
    return total(taxes, fee.currency)


def _is_tax(part: JsonObject) -> bool:
    return text(part, "type") == "tax"


def _about(entry: JsonObject, kind: Kind) -> tuple[str, str]:
    """The transfer that a line concerns and our reference, from the expanded source."""
    if kind not in OF_A_TRANSFER:
        return "", ""
    source = member(entry, "source")
    name = identity(source, "payment_intent") or identity(source, "charge") or text(source, "id")
    return name, metadata(source, REFERENCE)


def _check(
    settlement: Settlement, pages: Sequence[JsonObject], lines: Sequence[SettlementLine]
) -> None:
    """Nothing is missing: whole pages, each line once, one currency, and both sums hold."""
    if not pages or pages[-1].get("has_more") is not False:
        raise Malformed(f"{settlement.batch}: the list of transactions is not whole", code="F06")
    if len({line.native_id for line in lines}) != len(lines):
        raise Malformed(f"{settlement.batch}: a transaction stands twice")
    foreign = [line for line in lines if line.net.currency != settlement.currency]
    if foreign:
        raise Malformed(f"{foreign[0].native_id}: not in {settlement.currency}")
    paid_out = [line.net for line in lines if line.kind == "payout"]
    if paid_out != [-settlement.net]:
        raise Malformed(
            f"{settlement.batch}: not exactly one line pays out {settlement.net}", code="F06"
        )
    settled = total((line.net for line in lines if line.kind != "payout"), settlement.currency)
    if settled != settlement.net:
        raise Malformed(
            f"{settlement.batch}: lines give {settled}, paid out {settlement.net}", code="F06"
        )
