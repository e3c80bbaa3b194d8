"""``feesvc tariffs``: what an intermediary may take by its contract, and what it bills."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, table
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(
    no_args_is_help=True, help="What an intermediary may take by its contract; two people agree."
)
Account = Annotated[str, typer.Argument(help="The merchant account's id.")]
Version = Annotated[int, typer.Argument(help="The number of the version.")]


@command.command()
def show(account: Account, as_json: AsJson = False) -> None:
    """Show every version, oldest first."""
    _tell(Api().get(f"/merchant-accounts/{account}/tariff"), as_json)


@command.command()
def propose(
    account: Account,
    ppm: Annotated[int, typer.Option(help="Parts per million of a payment: 11000 is 1.1%.")],
    valid_from: Annotated[str, typer.Option(help="Since when, 2026-11-27.")],
    fixed: Annotated[int, typer.Option(help="And this, in minor units.")] = 0,
    minimum: Annotated[int, typer.Option(help="At least, in minor units.")] = 0,
    maximum: Annotated[int | None, typer.Option(help="At most, in minor units.")] = None,
    tax_ppm: Annotated[int, typer.Option(help="Value-added tax on it: 100000 is 10%.")] = 0,
    rounding: Annotated[str, typer.Option(help="down, half_up or up.")] = "half_up",
    unit: Annotated[int, typer.Option(help="Rounded to whole so many minor units.")] = 1,
    bank_charge: Annotated[int, typer.Option(help="The most that the bank keeps.")] = 0,
    currency: Annotated[str, typer.Option(help="As in ISO 4217.")] = "VND",
    borne_by: Annotated[
        str, typer.Option(help="agency, or payer: asked on top of what is owed.")
    ] = "agency",
    as_json: AsJson = False,
) -> None:
    """Propose what the contract says from a day on."""
    body = {
        "currency": currency, "ppm": ppm, "fixed": fixed, "minimum": minimum, "maximum": maximum,
        "tax_ppm": tax_ppm, "rounding": rounding, "unit": unit, "bank_charge": bank_charge,
        "valid_from": valid_from, "borne_by": borne_by,
    }  # fmt: skip
    _tell(Api().post(f"/merchant-accounts/{account}/tariff", body), as_json)


@command.command()
def approve(
    account: Account,
    version: Version,
    digest: Annotated[str, typer.Option(help="As `show` tells it: agrees to exactly that.")],
    as_json: AsJson = False,
) -> None:
    """Agree to a proposal, as another person than proposed it."""
    said = Api().post(f"/merchant-accounts/{account}/tariff/{version}/approve", {"digest": digest})
    _tell(said, as_json)


@command.command()
def reject(
    account: Account,
    version: Version,
    reason: Annotated[str, typer.Option(help="A reason code.")],
    as_json: AsJson = False,
) -> None:
    """The contract does not say so."""
    said = Api().post(f"/merchant-accounts/{account}/tariff/{version}/reject", {"reason": reason})
    _tell(said, as_json)


@command.command()
def invoice(
    account: Account,
    number: Annotated[str, typer.Option(help="The invoice's number.")],
    month: Annotated[str, typer.Option(help="As in 2026-11.")],
    commission: Annotated[int, typer.Option(help="Without tax, in minor units.")],
    issued_on: Annotated[str, typer.Option(help="2026-11-30.")],
    tax: Annotated[int, typer.Option(help="In minor units.")] = 0,
    currency: Annotated[str, typer.Option(help="As in ISO 4217.")] = "VND",
    as_json: AsJson = False,
) -> None:
    """Record what is billed for a month, where nothing is withheld."""
    body = {
        "number": number, "month": month, "commission": commission, "tax": tax,
        "currency": currency, "issued_on": issued_on,
    }  # fmt: skip
    said = Api().post(f"/merchant-accounts/{account}/commission-invoices", body)
    if as_json:
        print_json(said)
        return
    print(f"invoice {said['number']} for {said['month']}: owed from now on")


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    table(
        ("version", "state", "from", "ppm", "fixed", "tax ppm", "bank keeps", "borne by", "digest"),
        [
            (
                str(one["number"]), one["state"], one["valid_from"], str(one["ppm"]),
                str(one["fixed"]), str(one["tax_ppm"]), str(one["bank_charge"]),
                one["borne_by"], one["digest"],
            )
            for one in said["versions"]
        ],
        right=(0, 3, 4, 5, 6),
    )  # fmt: skip
