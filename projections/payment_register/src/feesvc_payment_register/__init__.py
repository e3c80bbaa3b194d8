"""Payment register: what a portal or an officer looks up, from the events alone."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import ClassVar

from fastapi import APIRouter

from feesvc.domain.aggregate import Aggregate
from feesvc.projecting import Db, OpenDb, Recorded
from feesvc_payment_register.batch import Batch
from feesvc_payment_register.reading import READINGS
from feesvc_payment_register.routes import router
from feesvc_payment_register.writing import write

__all__ = ["PaymentRegister", "projection"]


class PaymentRegister:
    """Payments, the transfers that met them, the assessments they pay, the refunds of them."""

    name: ClassVar[str] = "payment_register"
    version: ClassVar[int] = 2
    events: ClassVar[tuple[type[Aggregate.Event], ...]] = tuple(READINGS)
    schema: ClassVar[str] = files(__name__).joinpath("schema.sql").read_text(encoding="utf-8")

    def apply(self, batch: Sequence[Recorded], db: Db) -> None:
        summed = Batch()
        for recorded in batch:
            READINGS[type(recorded.event)](summed, recorded, recorded.event)
        write(summed, db)

    def routes(self, open_db: OpenDb) -> APIRouter:
        return router(open_db)


projection = PaymentRegister()
