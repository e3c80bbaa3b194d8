"""What an adapter says of itself, for the command line."""

from __future__ import annotations

import os
from typing import Any

from feesvc.intermediary import (
    BankTransfers,
    BillInquiry,
    Cancellations,
    Intermediary,
    Refunds,
    SettlementFeed,
    SettlementFiles,
)
from feesvc.settings import PREFIX

ABILITIES: dict[str, Any] = {
    "refund": Refunds,
    "cancel": Cancellations,
    "answer bill inquiries": BillInquiry,
    "find its reference in bank transfers": BankTransfers,
    "read settlements": SettlementFiles,
    "fetch settlements": SettlementFeed,
}


def facts(name: str, kind: type[Intermediary]) -> dict[str, Any]:
    """What an adapter says of itself, as JSON; limits in minor units. Never a setting's value."""
    told = kind.facts
    able = [said for said, port in ABILITIES.items() if issubclass(kind, port)]
    return {
        "name_vi": told.name_vi,
        "name_en": told.name_en,
        "trust": told.trust,
        "charge_borne_by": told.charge_borne_by,
        "variable_amount": told.variable_amount,
        "currencies": {c: [one.minimum, one.maximum] for c, one in told.currencies.items()},
        "can": ["take payments", *able],
        "refunds": "through itself" if issubclass(kind, Refunds) else "by bank transfer",
        "settings": [
            {
                "name": setting.name, "secret": setting.secret, "required": setting.required,
                "default": setting.default, "variable": variable(name, setting.name),
                "in_environment": bool(os.environ.get(variable(name, setting.name))),
            }
            for setting in kind.settings
        ],
    }  # fmt: skip


def variable(name: str, setting: str) -> str:
    """Where the environment may give one setting for every account of an intermediary."""
    return f"{PREFIX}{name}_{setting}".upper()
