"""Settlements without a line over HTTP: their totals are held to nothing, and their day is told."""

from __future__ import annotations

import psycopg
import pytest

from feesvc.testing.file_desk import FileDesk
from feesvc.testing.town import post, told

pytestmark = pytest.mark.lasting

PROFILE = """
use = "settlement"
name = "daily"
title = "Daily"
format = "delimited_text"
zone = "+07:00"
preamble = 2
[columns]
native_id = "id"
kind = "kind"
gross = "gross"
currency = "currency"
occurred_at = "at"
[kinds]
payment = "payment"
[batch]
by = "settled_on"
settled_on_label = "settled"
[[footers]]
marker = "total"
count = 2
gross = "gross"
"""
DAYLESS = PROFILE.replace(
    'by = "settled_on"\nsettled_on_label = "settled"', 'by = "column"'
).replace('gross = "gross"\ncurrency', 'batch = "batch"\ngross = "gross"\ncurrency')
DAY = "settled,20/11/2026\nid,kind,gross,currency,at\ntotal,0,0\n"
NO_DAY = "id,kind,gross,currency,at,batch\ntotal,0,0\n"


def agree(desk: FileDesk, text: str) -> None:
    """Two people agree to a profile for the merchant account."""
    path = f"/agencies/{desk.town.agency}/file-profiles"
    body = {"account": desk.town.account, "text": text, "valid_from": "2020-01-01"}
    *_, version = told(post(desk.town["finance"], path, body), 201)["versions"]
    approve = f"{path}/{desk.town.account}/{version['number']}/approve"
    told(post(desk.town["approver"], approve, {"digest": version["digest"]}))


def recorded(desk: FileDesk) -> list[str]:
    """Codes of the cases that a rule cleared as they were found."""
    url = desk.town.service.settings.need_database_url()
    with psycopg.connect(url) as db:
        rows = db.execute(
            "SELECT DISTINCT stream FROM feesvc.event WHERE topic = 'case.opened' AND agency = %s",
            [desk.town.agency],
        ).fetchall()
    cases = [told(desk.town["finance"].get(f"/cases/{stream}")) for (stream,) in rows]
    return [case["code"] for case in cases if case["state"] == "closed"]


def test_a_day_without_a_line_is_told_by_totals_of_zero(desk: FileDesk) -> None:
    agree(desk, PROFILE)
    file = desk.send(DAY.encode(), desk.town.account)
    assert (file["state"], file["verdict"]) == ("previewed", "F13"), file["why"]
    [batch] = desk.see(file)["statements"]
    said = [batch[part] for part in ("identity", "ends_on", "currency", "count", "gross", "net")]
    assert said == ["2026-11-20", "2026-11-20", "VND", 0, 0, 0]
    with desk.town.service.working():
        assert told(desk.accept(file))["state"] == "accepted"
        assert desk.open_cases() == [], "nothing waits for money that is not coming"
    assert recorded(desk) == ["F13"]
    url = desk.town.service.settings.need_database_url()
    with psycopg.connect(url) as db:
        until = db.execute(
            "SELECT max(ends_on)::text FROM feesvc.statement "
            "WHERE account = %s AND state = 'accepted'",
            [desk.town.account],
        ).fetchone()
    assert until == ("2026-11-20",), "nothing is missing of that day"


def test_totals_of_zero_that_tell_no_day_are_recorded_all_the_same(desk: FileDesk) -> None:
    agree(desk, DAYLESS)
    file = desk.send(NO_DAY.encode(), desk.town.account)
    assert (file["state"], file["verdict"]) == ("previewed", "F13"), file["why"]
    assert desk.see(file)["statements"] == []
    assert told(desk.accept(file))["state"] == "accepted"
    assert recorded(desk) == ["F13"]
