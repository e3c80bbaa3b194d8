"""``feesvc exchange``: dated rates, fees made payable at home, and foreign money sold."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from feesvc.cli._asking import Api
from feesvc.cli._telling import AsJson, amount
from feesvc.cli._telling import as_json as print_json

command = typer.Typer(no_args_is_help=True, help="Foreign currencies: rates, fees, sales.")
Agency = Annotated[str, typer.Argument(help="Its code, e.g. G14.")]
Foreign = Annotated[str, typer.Argument(help="ISO 4217, e.g. USD.")]
Rate = Annotated[int, typer.Argument(help="In millionths: 26 000 is 26000000000.")]
Since = Annotated[str, typer.Option(help="From this day on, e.g. 2026-11-21.")]
Home = Annotated[str, typer.Option(help="ISO 4217.")]
One = Annotated[str, typer.Argument(help="Its id.")]
Value = Annotated[int, typer.Argument(help="In minor units.")]
Reason = Annotated[str, typer.Option(help="A reason code.")]
Reference = Annotated[str, typer.Option(help="The bank's own.")]
BookedOn = Annotated[str, typer.Option(help="2026-11-21.")]


@command.command()
def propose_rate(
    agency: Agency, foreign: Foreign, rate: Rate,
    source: Annotated[str, typer.Option(help="A code that names whose rate it is.")],
    since: Since, home: Home = "VND", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Propose what one unit of a foreign currency is worth; another person approves."""
    body = {
        "foreign": foreign, "home": home, "rate_ppm": rate, "source": source,
        "effective_on": since,
    }  # fmt: skip
    _rated(Api().post(f"/agencies/{agency}/exchange-rates", body), as_json)


@command.command()
def approve_rate(one: One, rate: Rate, since: Since, as_json: AsJson = False) -> None:
    """Agree to exactly the rate and the day that were proposed."""
    body = {"rate_ppm": rate, "effective_on": since}
    _rated(Api().post(f"/exchange-rates/{one}/approve", body), as_json)


@command.command()
def convert(
    assessment: Annotated[str, typer.Argument(help="Its id.")], home: Home = "VND",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make what is open of an assessment payable at home, at the rate that holds today."""
    said = Api().post(f"/assessments/{assessment}/convert", {"home": home})
    if as_json:
        print_json(said)
        return
    print(f"{amount(said['from_amount'])} is {amount(said['to_amount'])} since {said['rate_on']}")
    print(f"  assessment {said['target']}, by the rate of {said['rate_source']}")


@command.command()
def sell(
    agency: Agency, value: Value, foreign: Foreign, reason: Reason, into: Home = "VND",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Ask that foreign money in the bank be sold; another person approves."""
    body = {"amount": value, "currency": foreign, "into": into, "reason": reason}
    _tell(Api().post(f"/agencies/{agency}/currency-sales", body), as_json)


@command.command()
def approve(one: One, as_json: AsJson = False) -> None:
    """Show exactly which sale is asked for, and agree to it."""
    api = Api()
    shown = api.get(f"/currency-sales/{one}")
    if not as_json:
        _tell(shown, False)
        typer.confirm("approve exactly this?", abort=True)
    _tell(api.post(f"/currency-sales/{one}/approve", {"digest": shown["digest"]}), as_json)


@command.command()
def reject(one: One, reason: Reason, as_json: AsJson = False) -> None:
    """It will not be sold."""
    _tell(Api().post(f"/currency-sales/{one}/reject", {"reason": reason}), as_json)


@command.command()
def sold(
    one: One, value: Value, reference: Reference, booked_on: BookedOn, as_json: AsJson = False
) -> None:
    """The bank debited the foreign account."""
    body = {"amount": value, "reference": reference, "booked_on": booked_on}
    _tell(Api().post(f"/currency-sales/{one}/line", body), as_json)


@command.command()
def received(
    one: One, value: Value, reference: Reference, booked_on: BookedOn,
    rate: Annotated[int, typer.Option(help="The bank's, in millionths.")],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """The bank credited the home account at its rate."""
    body = {"amount": value, "reference": reference, "booked_on": booked_on, "rate_ppm": rate}
    _tell(Api().post(f"/currency-sales/{one}/line", body), as_json)


def _rated(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
    else:
        print(f"rate of {said['foreign']} in {said['home']} of {said['agency']}: {said['id']}")


def _tell(said: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    print(f"sale of {amount(said['amount'])} into {said['into']} {said['state']}")
    print(f"  id {said['id']}, asked by {said['maker']}: {said['reason']}")
