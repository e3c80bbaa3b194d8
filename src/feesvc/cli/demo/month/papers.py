"""Papers: every list that the service can tell as a paper, saved for each agency at month's end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from feesvc.cli.demo.month.content import sample_month
from feesvc.cli.demo.month.living import Month
from feesvc.cli.demo.month.offices import Office

CSV = "text/csv"
ENDINGS = {
    CSV: "csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/xml": "xml", "text/x-hledger": "journal",
}  # fmt: skip
FORMS = {**ENDINGS, "application/xml": "pain.001", "text/x-hledger": "hledger"}
NEWEST = 3
ACCOUNTS = ("1200", "1300", "2400")


def save_papers(month: Month, folder: Path) -> list[Path]:
    """Each in every form that there is of it; the service's own description says which."""
    document = httpx.get(f"{month.country.service.url}/openapi.json").raise_for_status().json()
    return [
        _saved(office, said, asked, kind, folder)
        for office in month.country.offices.values()
        for path, said in _told(document)
        for asked in _questions(month, office, path, said)
        for kind in said["responses"]["200"]["content"] if kind in ENDINGS
    ]  # fmt: skip


def _told(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every question whose answer may be a paper."""
    for path, methods in sorted(document["paths"].items()):
        said = methods.get("get")
        if said and CSV in said["responses"].get("200", {}).get("content", {}):
            yield path, said


def _questions(
    month: Month, office: Office, path: str, said: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, str]]]:
    """The path as it is asked of this agency, and what is asked: all of the month, its own book."""
    known = {one["name"]: one["required"] for one in said.get("parameters", ())}
    whole = {"period": sample_month().month, "units": "own"}
    asked = {name: told for name, told in whole.items() if name in known}
    asked |= {"as_of": str(sample_month().last_day)} if known.get("as_of") else {}
    route = path.removeprefix("/v1").replace("{agency}", office.code)
    if "{account}" in route:
        for account in ACCOUNTS:
            for currency in office.tellers:
                yield route.replace("{account}", account), asked | {"currency": currency}
    elif "{statement}" in route:
        for statement in _settlements(office):
            yield route.replace("{statement}", statement), asked
    elif "{id}" in route:
        what = route.split("/")[1]
        for id in month.mornings.drawn[office.code, what]:
            yield route.replace("{id}", id), asked
    else:
        yield route, asked


def _settlements(office: Office) -> Iterator[str]:
    """The statements of the newest settlements."""
    at = f"/agencies/{office.code}/files"
    files = office["finance"].get(at, state="accepted", limit=200)["items"]
    for file in [one for one in files if one["source"] == "settlement"][:NEWEST]:
        for statement in office["finance"].get(f"{at}/{file['id']}")["statements"]:
            yield statement["id"]


def _saved(
    office: Office, said: Mapping[str, Any], question: tuple[str, dict[str, str]], kind: str,
    folder: Path,
) -> Path:  # fmt: skip
    route, asked = question
    known = {one["name"] for one in said.get("parameters", ())}
    forms = {name: FORMS[kind] for name in ("format", "form") if name in known}
    words = [office.code, *route.removeprefix(f"/agencies/{office.code}").strip("/").split("/")]
    name = "-".join([*words, *asked.get("currency", "").split()])
    file = folder / f"{name}.{ENDINGS[kind]}"
    file.write_bytes(office["finance"].read(route, **asked, **forms))
    return file
