"""Files over HTTP: every verdict, what accepting does, and that nothing is ever half accepted."""

from __future__ import annotations

import hashlib
import threading
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from feesvc.application import files
from feesvc.testing.file_desk import FileDesk, camt, session
from feesvc.testing.service import new_key
from feesvc.testing.town import post, told

pytestmark = pytest.mark.lasting


def test_a_settlement_is_shown_before_anything_counts(desk: FileDesk) -> None:
    file = desk.send(session("B1", 100_000, 50_000), desk.town.account)
    assert (file["state"], file["verdict"], file["source"]) == ("previewed", "", "settlement")
    [batch] = desk.see(file)["statements"]
    sums = [batch[part] for part in ("count", "gross", "commission", "tax", "net", "opens")]
    assert sums == [2, 150_000, -1_500, -150, 148_350, 2]
    assert desk.states(file) == ["read", "read"]
    head = desk.town.service.head()
    assert told(desk.accept(file))["state"] == "accepted"
    assert desk.states(file) == ["open", "open"]
    assert desk.town.service.head() == head + 1
    told(desk.accept(file))
    assert desk.town.service.head() == head + 1, "accepting again changes nothing"


def test_the_same_bytes_change_nothing(desk: FileDesk) -> None:
    content = session("B1", 100_000)
    first = desk.send(content, desk.town.account)
    told(desk.accept(first))
    head = desk.town.service.head()
    again = desk.send(content, desk.town.account)
    assert (again["id"], again["again"], again["state"]) == (first["id"], True, "accepted")
    assert desk.town.service.head() == head
    assert len(told(desk.town["finance"].get(desk.path))["items"]) == 1


BAD: list[tuple[bytes, str]] = [
    (b"", "F06"),
    (b" \r\n", "F06"),
    (b"a;b\n1;2", "F12"),
    (camt(1, 100, (50, "A")).replace(b">50<", b">5O<"), "F05"),
    (camt(1, 100, (50, "A")).replace(b"2026-11-11", b"2026-02-30"), "F05"),
    (camt(1, 100, (50, "A"))[:-60], "F04"),
    (camt(1, 100, (50, "A"), closing=151), "F09"),
    (camt(1, 100, (50, "A"), account="99"), "F11"),
    (camt(1, 100, (50, "A"), currency="USD"), "F11"),
    (camt(1, 100, (50, "A")).replace(b"001.02", b"001.99"), "F12"),
    (b"<!DOCTYPE a [<!ENTITY x 'y'>]>" + camt(1, 100, (50, "A")), "F04"),
]


def test_a_bad_file_is_quarantined_whole_with_its_reason(desk: FileDesk) -> None:
    for content, code in BAD:
        file = desk.send(content)
        assert (file["state"], file["verdict"]) == ("quarantined", code), file["why"]
        assert desk.see(file)["statements"] == []
        [case] = desk.case(file)
        assert (case["code"], case["subject_kind"]) == (code, "file")
        assert told(desk.accept(file), 422)["type"] == "/problems/file-not-acceptable"
    discarded = post(desk.town["finance"], f"{desk.path}/{file['id']}/discard", {"reason": "wrong"})
    assert told(discarded)["state"] == "discarded"
    assert [case["state"] for case in desk.case(file)] == ["closed"]


def test_a_bad_line_is_shown_with_its_text_to_finance_only(desk: FileDesk) -> None:
    bad = session("B1", 100_000).replace(b'"gross": 100000', b'"gross": "1OO000"')
    file = desk.send(bad, desk.town.account)
    assert (file["verdict"], file["place"]) == ("F05", "line 2")
    shown = desk.see(file, "/bad-line", reason="bank_asked")
    assert (shown["code"], shown["place"]) == ("F05", "line 2")
    path = f"{desk.path}/{file['id']}/bad-line"
    for other in ("clerk", "auditor"):
        assert desk.town[other].get(path, params={"reason": "x"}).status_code == 403


def test_totals_that_break_are_told_with_the_difference(desk: FileDesk) -> None:
    short = session("B1", 100_000, count=2)
    file = desk.send(short, desk.town.account)
    assert (file["state"], file["verdict"]) == ("quarantined", "F06")


def test_a_checksum_that_differs_is_an_alert(desk: FileDesk) -> None:
    content = camt(1, 100, (50, "A"))
    file = desk.send(content, sha256=hashlib.sha256(b"other").hexdigest())
    assert (file["state"], file["verdict"]) == ("quarantined", "F10")
    assert [case["code"] for case in desk.case(file)] == ["F10"]
    good = desk.send(
        camt(2, 100, (50, "A")), sha256=hashlib.sha256(camt(2, 100, (50, "A"))).hexdigest()
    )
    assert good["verdict"] == ""


def test_a_file_whose_sum_was_told_wrong_is_read_once_it_comes_under_its_own(
    desk: FileDesk,
) -> None:
    content = camt(1, 100, (50, "A"))
    doubted = desk.send(content, sha256=hashlib.sha256(b"other").hexdigest())
    again = desk.send(content)  # nobody vouches for it
    assert (again["id"], again["verdict"]) == (doubted["id"], "F10")
    read = desk.send(content, sha256=hashlib.sha256(content).hexdigest())
    assert (read["id"], read["state"], read["verdict"]) == (doubted["id"], "previewed", "")
    assert [case["state"] for case in desk.case(read)] == ["closed"]
    told(desk.accept(read))


def test_an_empty_day_is_accepted_by_its_balances(desk: FileDesk) -> None:
    file = desk.send(camt(1, 100))
    assert (file["state"], file["verdict"]) == ("previewed", "F13")
    told(desk.accept(file))


def test_gaps_and_breaks_are_held_and_released_by_themselves(desk: FileDesk) -> None:
    one, two = camt(1, 100, (50, "A")), camt(2, 150, (30, "B"))
    three, wrong = camt(3, 180, (20, "C")), camt(2, 151, (29, "B"))
    told(desk.accept(desk.send(one)))
    held = desk.send(three)
    assert (held["state"], held["verdict"]) == ("held", "F07")
    assert told(desk.accept(held), 422)["type"] == "/problems/changed-since-asked"
    broken = desk.send(wrong)
    assert (broken["state"], broken["verdict"]) == ("held", "F08")
    told(desk.accept(desk.send(two)))
    released = desk.see(held)
    assert (released["state"], released["verdict"]) == ("previewed", "")
    assert [case["state"] for case in desk.case(held)] == ["closed"]
    told(desk.accept(held))
    assert desk.states(held) == ["open"]


def test_twins_are_kept_and_a_delivery_that_repeats_lines_adds_none(desk: FileDesk) -> None:
    twins = desk.send(camt(1, 100, (50, ""), (50, "")))
    told(desk.accept(twins))
    assert desk.states(twins) == ["open", "open"]
    later = desk.send(camt(2, 200, (50, ""), (50, "")))
    told(desk.accept(later))
    assert desk.states(later) == ["open", "open"], "another day's twins are real too"


def test_a_restated_file_is_compared_and_superseded_by_two(desk: FileDesk) -> None:
    old = desk.send(session("B1", 100_000, 50_000, 20_000), desk.town.account)
    told(desk.accept(old))
    ids = [line["id"] for line in desk.see(old, "/lines")["items"]]
    new = desk.send(session("B1", 100_000, 60_000, 20_000, 5_000), desk.town.account)
    assert (new["state"], new["verdict"]) == ("held", "F03")
    [case] = desk.case(new)
    assert case["code"] == "F03"
    [batch] = desk.see(new)["statements"]
    assert batch["difference"] == {"unchanged": 2, "changed": 1, "removed": 0, "added": 1}
    shown = desk.see(new, "/differences")["items"]
    assert [(d["before"] and d["before"]["gross"], d["after"]["gross"]) for d in shown] == [
        (50_000, 60_000), (None, 5_000),
    ]  # fmt: skip
    told(desk.accept(new, "approver"), 422)
    alone = told(desk.accept(new, digest=new["digest"]), 403)
    assert alone["type"] == "/problems/same-person"
    told(desk.accept(new, "approver", digest=new["digest"]))
    lines = desk.see(new, "/lines")["items"]
    assert sorted(line["gross"] for line in lines) == [5_000, 20_000, 60_000, 100_000]
    assert {line["state"] for line in lines} == {"open"}
    assert {ids[0], ids[2]} < {line["id"] for line in lines}, "unchanged lines keep who they are"
    assert desk.see(old)["state"] == "superseded"
    assert desk.states(old) == ["superseded"] * 3
    assert sorted(line["gross"] for line in desk.see(old, "/lines")["items"]) == [
        20_000, 50_000, 100_000,
    ]  # fmt: skip


def test_two_officers_accepting_at_once_accept_once(desk: FileDesk) -> None:
    file = desk.send(session("B1", 100_000), desk.town.account)
    other = desk.send(session("B1", 100_000, 1_000), desk.town.account)
    answers: list[httpx.Response] = []
    threads = [
        threading.Thread(target=lambda f=f, by=by: answers.append(desk.accept(f, by)))
        for f, by in ((file, "finance"), (file, "approver"), (other, "finance"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _count(desk, "statement.accepted") == 1
    assert _count(desk, "case.opened") == 1, "the other one restates it"
    assert min(answer.status_code for answer in answers) == 200
    states = desk.states(file) + desk.states(other)
    assert states.count("open") in (1, 2)


def test_a_crash_between_event_and_rows_is_made_good(
    desk: FileDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = desk.send(session("B1", 100_000), desk.town.account)

    async def dies(*given: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(files, "finish", dies)
        assert desk.accept(file).status_code == 500
    assert desk.states(file) == ["read"]
    with desk.town.service.working():
        desk.town.service.await_followers()
    assert desk.states(file) == ["placed"], "nobody paid it: it is matched at once, and told"


def test_other_agencies_and_roles_see_nothing(desk: FileDesk) -> None:
    file = desk.send(session("B1", 100_000), desk.town.account)
    town = desk.town
    assert town.portal.get(f"{desk.path}/{file['id']}").status_code == 403
    assert town["clerk"].get(f"{desk.path}/{file['id']}").status_code == 403
    answer = town["finance"].get(f"/agencies/G99/files/{file['id']}")
    assert answer.status_code == 404
    unknown = town["finance"].post(
        desk.path, content=b"x", params={"account": str(UUID(int=1))}, headers=new_key()
    )
    assert unknown.status_code == 404


def test_matches_of_changed_lines_are_reversed_and_of_others_kept(desk: FileDesk) -> None:
    town = desk.town
    names = [town.paid()["transaction"] for _ in range(2)]

    def told_of(second: int) -> bytes:
        content = session("B1", 115_000, second).decode()
        return content.replace("T-B1-1", names[0]).replace("T-B1-2", names[1]).encode()

    old = desk.send(told_of(115_000), town.account)
    with town.service.working():
        town.service.await_followers()
        told(desk.accept(old))
        town.service.await_followers()
        assert desk.states(old) == ["matched", "matched"]
        new = desk.send(told_of(110_000), town.account)
        assert told(desk.accept(new, digest=new["digest"]), 403)
        assert desk.states(old) == ["matched", "matched"]
    told(desk.accept(new, "approver", digest=new["digest"]))
    found = {line["gross"]: line["state"] for line in desk.see(new, "/lines")["items"]}
    assert found == {115_000: "matched", 110_000: "open"}
    url = town.service.settings.need_database_url()
    with psycopg.connect(url) as db:
        row = db.execute(
            "SELECT count(*) FROM feesvc.every_member AS member "
            'JOIN feesvc.every_group AS made ON made.id = member."group" '
            "WHERE member.active AND made.agency = %s",
            [town.agency],
        ).fetchone()
    assert (row, _count(desk, "transfer.unsettled")) == ((2,), 1)


def _count(desk: FileDesk, topic: str) -> int:
    """Events of the agency under this topic."""
    with psycopg.connect(desk.town.service.settings.need_database_url()) as db:
        row = db.execute(
            "SELECT count(*) FROM feesvc.event WHERE topic = %s AND agency = %s",
            [topic, desk.town.agency],
        ).fetchone()
    assert row is not None
    return int(row[0])
