"""Ordering: what an intermediary is given of a payment, the same each time it is asked for."""

from __future__ import annotations

from feesvc.application.house import House
from feesvc.domain.payment import Payment
from feesvc.intermediary import OrderLine, PaymentOrder


def order_of(house: House, payment: Payment, payer_ip: str = "") -> PaymentOrder:
    """The same order each time it is asked for: what was recorded, and when this is."""
    return PaymentOrder(
        reference=payment.reference,
        amount=payment.amount,
        lines=_lines(payment),
        description=payment.description,
        dossier=payment.dossier,
        locale=payment.locale,
        payer_ip=payer_ip,
        placed_at=payment.created_on,
        expires_at=payment.expires_at,
        asked_at=house.now(),
        return_url=payment.return_url,
        notify_url=f"{house.public_url}/v1/notifications/{payment.account}",
        handle=payment.handle,
    )


def _lines(payment: Payment) -> tuple[OrderLine, ...]:
    lines = [
        OrderLine(kind=part.kind, item=part.item, name=part.name, amount=part.amount)
        for part in payment.asked
    ]
    if payment.surcharge:
        lines.append(
            OrderLine(
                kind="surcharge", item="", name="Phí dịch vụ thanh toán", amount=payment.surcharge
            )
        )
    return tuple(lines)
