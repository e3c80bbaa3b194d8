"""``feesvc adapters``: the payment intermediaries that this installation can speak with."""

from __future__ import annotations

from typing import Annotated

import typer

from feesvc import plugins
from feesvc.cli._telling import AsJson, amount
from feesvc.cli._telling import as_json as print_json
from feesvc.cli.adapters.checking import ContractUnavailable, check_contract
from feesvc.cli.adapters.telling import facts
from feesvc.cli.adapters.trying import Tried, given_settings, missing_settings, try_out

command = typer.Typer(help="The payment intermediaries that are installed, and whether they work.")


@command.callback(invoke_without_command=True)
def listed(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what is installed, what it can do, and what each merchant account must be told."""
    if context.invoked_subcommand is not None:
        return
    said = {name: facts(name, kind) for name, kind in plugins.intermediaries().items()}
    if as_json:
        print_json(said)
        return
    for name, one in said.items():
        print(f"{name}: {one['name_en']} ({one['name_vi']}), {one['trust']}")
        for currency, limits in one["currencies"].items():
            least, most = (amount({"amount": n, "currency": currency}) for n in limits)
            print(f"  takes from {least} to {most}")
        variable = "; the payer may send another amount" if one["variable_amount"] else ""
        print(f"  can: {', '.join(one['can'])}; the {one['charge_borne_by']} bears its charge")
        print(f"  refunds {one['refunds']}{variable}")
        for setting in one["settings"]:
            kind = "a reference, env:NAME or file:PATH" if setting["secret"] else "a value"
            needed = "needed" if setting["required"] else f"else {setting['default'] or 'nothing'}"
            where = "set in" if setting["in_environment"] else "not set in"
            print(f"  {setting['name']}: {kind}; {needed}; {where} {setting['variable']}")
    if not said:
        print("none is installed: uv sync --all-packages --locked installs all that are here")


@command.command()
def check(
    name: Annotated[str, typer.Argument(help="As `feesvc adapters` names it.")],
    setting: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE of the provider's test environment; a secret may be env:…"),
    ] = None,
    counterpart: Annotated[
        bool, typer.Option("--counterpart", help="Though credentials are there.")
    ] = False,
    amount: Annotated[
        int | None, typer.Option(min=1, help="Minor units to ask for there, else the least.")
    ] = None,
    return_url: Annotated[str, typer.Option(help="Where the payer is sent back to.")] = "",
    notify_url: Annotated[str, typer.Option(help="Where the provider is to notify.")] = "",
    as_json: AsJson = False,
) -> None:
    """Run its contract against its counterpart, or try it at the provider with credentials.

    With every needed setting given (or FEESVC_<NAME>_<SETTING> set), one checkout is opened in the
    provider's test environment and looked up. Exit code 0: all is well; 1: it is not.
    """
    kinds = plugins.intermediaries()
    if name not in kinds:
        raise typer.BadParameter(f"{name} is not installed; there are: {', '.join(kinds)}")
    stated = given_settings(kinds[name], setting or [])
    lacking = missing_settings(name, kinds[name], stated)
    if setting and lacking:
        raise typer.BadParameter(f"{name} also needs {', '.join(lacking)}")
    if lacking or counterpart:
        _contract(name, lacking, as_json=as_json)
    else:
        tried = try_out(name, kinds[name], stated, amount, return_url, notify_url)
        _tell(tried, as_json=as_json)


def _contract(name: str, lacking: list[str], *, as_json: bool) -> None:
    try:
        found = check_contract(name)
    except ContractUnavailable as why:
        print_json({"name": name, "error": str(why)}) if as_json else print(f"{name}: {why}")
        raise typer.Exit(1) from None
    if as_json:
        print_json({"name": name, "against": "counterpart", **found.as_json()})
    else:
        print(f"{name} against its counterpart, which is written by us:")
        for contract, kept in found.kept.items():
            broken = [one for one in found.broken if one.contract == contract]
            print(f"  {contract}: {kept} kept" + (f", {len(broken)} broken" if broken else ""))
            for one in broken:
                print(f"    {one.test}: {one.why}")
        if lacking:
            print(f"not tried at the provider: {', '.join(lacking)} not given")
    if not found.whole:
        raise typer.Exit(1)


def _tell(tried: Tried, *, as_json: bool) -> None:
    if as_json:
        print_json(tried.as_json())
    else:
        print(f"{tried.name} at the provider, with {', '.join(tried.settings)}:")
        for step in tried.steps:
            print(f"  {step.what}: {step.said}")
        print("as expected" if tried.whole else "not as expected")
    if not tried.whole:
        raise typer.Exit(1)
