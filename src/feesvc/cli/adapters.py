"""``feesvc adapters``: the payment intermediaries that this installation can speak with."""

from __future__ import annotations

from typing import Any

from feesvc import plugins
from feesvc.cli._telling import AsJson, amount
from feesvc.cli._telling import as_json as print_json
from feesvc.intermediary import Intermediary, Refunds, SettlementFeed, SettlementFiles


def command(as_json: AsJson = False) -> None:
    """Say what is installed, what it can do, and what each merchant account must be told."""
    said = {name: facts(kind) for name, kind in plugins.intermediaries().items()}
    if as_json:
        print_json(said)
        return
    for name, one in said.items():
        print(f"{name}: {one['name_en']} ({one['name_vi']}), {one['trust']}")
        for currency, limits in one["currencies"].items():
            least, most = (amount({"amount": n, "currency": currency}) for n in limits)
            print(f"  takes from {least} to {most}")
        print(f"  can: {', '.join(one['can'])}; the {one['charge_borne_by']} bears its charge")
        for setting in one["settings"]:
            kind = "a reference, env:NAME or file:PATH" if setting["secret"] else "a value"
            needed = "needed" if setting["required"] else f"else {setting['default'] or 'nothing'}"
            print(f"  {setting['name']}: {kind}; {needed}")
    if not said:
        print("none is installed: uv sync --all-packages --locked installs all that are here")


def facts(kind: type[Intermediary]) -> dict[str, Any]:
    """What an adapter says of itself, as JSON; limits in minor units."""
    told = kind.facts
    can: dict[str, Any] = {
        "refund": Refunds, "read settlements": SettlementFiles, "fetch settlements": SettlementFeed,
    }  # fmt: skip
    return {
        "name_vi": told.name_vi,
        "name_en": told.name_en,
        "trust": told.trust,
        "charge_borne_by": told.charge_borne_by,
        "variable_amount": told.variable_amount,
        "currencies": {c: [one.minimum, one.maximum] for c, one in told.currencies.items()},
        "can": ["take payments", *(name for name, port in can.items() if issubclass(kind, port))],
        "settings": [
            {
                "name": setting.name, "secret": setting.secret, "required": setting.required,
                "default": setting.default,
            }
            for setting in kind.settings
        ],
    }  # fmt: skip
