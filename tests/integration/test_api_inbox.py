"""The inbox over HTTP: kept as it came, read on record, verified again, erased; sealed on disk."""

from __future__ import annotations

import base64
import os
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from feesvc import cli
from feesvc.embedded import Database
from feesvc.embedded.binaries import programs
from feesvc.testing.service import RunningService, running_service
from feesvc.testing.town import Town, found_town, post, told

MARKER = "Zmarkerz"


def listed(town: Town, **asked: Any) -> list[dict[str, Any]]:
    path = f"/merchant-accounts/{town.account}/notifications"
    found: list[dict[str, Any]] = told(town["auditor"].get(path, params=asked))["notifications"]
    return found


def one(town: Town, arrival: dict[str, Any], **asked: Any) -> httpx.Response:
    path = f"/merchant-accounts/{town.account}/notifications/{arrival['id']}"
    return town["auditor"].get(path, params={"reason": "audit_2026", **asked})


def verified(town: Town, arrival: dict[str, Any]) -> dict[str, Any]:
    path = f"/merchant-accounts/{town.account}/notifications/{arrival['id']}/verification"
    found: dict[str, Any] = told(town["auditor"].post(path))
    return found


def notified(town: Town) -> dict[str, Any]:
    """A payment is made and notified; gives the transfer."""
    payment = town.payment(town.assessment()["id"])
    transaction = town.stand_in.counterpart.pay(payment["reference"])
    town.stand_in.counterpart.outbox.drain()
    return town.transfer(transaction)


def forge(town: Town, body: bytes, **headers: str) -> httpx.Response:
    url = f"{town.service.url}/v1/notifications/{town.account}"
    return httpx.post(f"{url}?who={MARKER}", content=body, headers=headers)


def test_what_was_said_is_kept_and_verified_again(town: Town) -> None:
    transfer = notified(town)
    [arrival] = listed(town)
    assert arrival["verdict"] == "recorded" and arrival["outcomes"][0].startswith(
        "received 115,000"
    )
    history = told(town["auditor"].get(f"/agencies/{town.agency}/histories/{transfer['id']}"))
    evidence = history["events"][0]["facts"]["evidence"]
    assert evidence == arrival["evidence"] and listed(town, evidence=evidence) == [arrival]

    raw = told(one(town, arrival))
    assert raw["kept"] == "yes" and raw["source"] == "127.0.0.1"
    assert transfer["transaction"].encode() in base64.b64decode(raw["body"])
    assert "sandbox-signature" in raw["headers"]
    found = verified(town, arrival)
    assert found["finding"] == "authentic" and found["outcomes"] == arrival["outcomes"]

    account = told(town["administrator"].get(f"/merchant-accounts/{town.account}"))
    settings = {**town.stand_in.settings, "signing_key": f"file:{os.devnull}"}
    rekey = f"/merchant-accounts/{town.account}/rekey"
    told(post(town["administrator"], rekey, {"settings": {**account["settings"], **settings}}))
    assert verified(town, arrival)["finding"] == "authentic"  # by the keys of its day


def test_what_is_forged_is_kept_too(town: Town) -> None:
    answer = forge(town, b'{"paid":"yes"}', authorization="Bearer secret")
    assert answer.status_code == 400 and "forged" in answer.text
    notified(town)
    [forged] = listed(town, verdict="forged")
    assert len(listed(town)) == 2
    raw = told(one(town, forged))
    assert base64.b64decode(raw["query"]) == f"who={MARKER}".encode()
    assert raw["headers"]["authorization"] == "[hidden]"
    assert verified(town, forged)["finding"] == "forged"
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert listed(town, since=later) == []


def test_who_may_see_what(service: RunningService, town: Town) -> None:
    neighbour = found_town(service, "sandbox", "H26", "OTHER")
    notified(town)
    [arrival] = listed(town)
    path = f"/merchant-accounts/{town.account}/notifications"
    for stranger in (neighbour["auditor"], neighbour["administrator"], neighbour.portal):
        assert stranger.get(path).status_code == 404
        assert stranger.get(f"{path}/{arrival['id']}?reason=x").status_code == 404
        assert stranger.post(f"{path}/{arrival['id']}/verification").status_code == 404
    assert town.portal.get(path).status_code == 403
    assert town["clerk"].get(path).status_code == 200
    assert town["clerk"].get(f"{path}/{arrival['id']}?reason=x").status_code == 403
    assert town["auditor"].get(f"{path}/{arrival['id']}").status_code == 422  # no reason
    for nowhere in ("0", "999999", "x", "9" * 30):
        assert town["auditor"].get(f"{path}/{nowhere}?reason=x").status_code == 404
    # The same id under the neighbour's own account is nobody's.
    other = f"/merchant-accounts/{neighbour.account}/notifications/{arrival['id']}?reason=x"
    assert neighbour["auditor"].get(other).status_code == 404
    with psycopg.connect(service.settings.need_owner_url()) as db:
        assert db.execute("SELECT count(*) FROM feesvc.inbox_read").fetchone() == (0,)
        told(one(town, arrival))
        [(number, reason, actor)] = db.execute(
            "SELECT arrival, reason, actor FROM feesvc.inbox_read"
        ).fetchall()
    assert (str(number), reason) == (arrival["id"], "audit_2026")
    assert actor == f"person:{town.subjects['auditor']}"


def test_retention_destroys_bytes_and_leaves_that_it_came(town: Town) -> None:
    forge(town, MARKER.encode())
    notified(town)
    path = f"/merchant-accounts/{town.account}/notifications/erasure"
    before = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    asked = {"before": before, "verdict": "forged", "reason": "retention"}
    assert post(town["auditor"], path, asked).status_code == 403
    answers = [post(town["administrator"], path, asked, key="once") for _ in range(2)]
    assert [told(answer) for answer in answers] == [{"messages": 1}] * 2
    kept = {arrival["verdict"]: told(one(town, arrival))["kept"] for arrival in listed(town)}
    assert kept == {"forged": "erased", "recorded": "yes"}


def test_nothing_of_it_can_be_read_in_the_database(database: Database, town: Town) -> None:
    forge(town, f'{{"payer":"{MARKER}"}}'.encode(), cookie=MARKER)
    notified(town)
    assert len(listed(town)) == 2
    dumped = subprocess.run(
        [programs(os.getuid()) / "pg_dump", "--inserts", database.owner_url],
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert MARKER not in dumped and MARKER.encode().hex() not in dumped
    assert "127.0.0.1" not in dumped.partition("inbox")[2].partition("CREATE")[0]


def test_the_service_cannot_change_what_came(database: Database) -> None:
    for change in ("UPDATE feesvc.inbox SET verdict = 'x'", "DELETE FROM feesvc.inbox_read"):
        with (
            psycopg.connect(database.url, autocommit=True) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(change.encode())


def test_the_address_is_the_one_our_own_proxy_saw(database: Database) -> None:
    with running_service(database, trusted_proxies=1) as service:
        town = found_town(service, "sandbox")
        forge(town, b"x", **{"x-forwarded-for": "10.0.0.1, 198.51.100.7"})
        assert told(one(town, listed(town)[0]))["source"] == "198.51.100.7"


def test_a_thousand_repeats_store_their_bytes_once(town: Town) -> None:
    """And one that is not of this world is not stored at all."""
    notified(town)
    [arrival] = listed(town)
    raw = told(one(town, arrival))
    url = f"{town.service.url}/v1/notifications/{town.account}"
    headers = {n: v for n, v in raw["headers"].items() if n.startswith("sandbox")}
    body = base64.b64decode(raw["body"])
    head = town.service.head()
    with httpx.Client() as client:
        answers = {client.post(url, content=body, headers=headers).text for _ in range(200)}
        unknown = client.post(f"{url[:-36]}{uuid4()}", content=body, headers=headers)
    assert answers == {'{"verdict":"duplicate"}'} and unknown.status_code == 404
    assert town.service.head() == head
    with psycopg.connect(town.service.settings.need_owner_url()) as db:
        assert db.execute("SELECT count(*) FROM feesvc.inbox").fetchone() == (201,)


def test_the_command_line_lists_shows_and_verifies(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge(town, b"\x1b[2Jgone")
    notified(town)
    monkeypatch.setenv("FEESVC_URL", town.service.url)
    monkeypatch.setenv("FEESVC_TOKEN", town.service.issuer.sign(f"auditor.{town.agency}"))
    runner, app = CliRunner(), cli.assembled(["inbox"])
    recorded, forged = listed(town)

    shown = runner.invoke(app, ["inbox", "list", town.account])
    assert shown.exit_code == 0 and "recorded" in shown.output and "forged" in shown.output
    asked = [town.account, forged["id"]]
    shown = runner.invoke(app, ["inbox", "show", *asked, "--reason", "audit"])
    assert shown.exit_code == 0 and "\\x1b[2Jgone" in shown.output
    assert runner.invoke(app, ["inbox", "verify", *asked]).exit_code == 1
    good = runner.invoke(app, ["inbox", "verify", town.account, recorded["id"]])
    assert good.exit_code == 0 and "authentic" in good.output and "received" in good.output
