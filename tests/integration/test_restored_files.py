"""A file that was superseded or discarded by mistake: its bytes are judged anew, by two people."""

from __future__ import annotations

import threading
from typing import Any

import httpx

from feesvc.testing.file_desk import FileDesk, camt, session
from feesvc.testing.town import Town, post, told


def restored(desk: FileDesk, file: Any, by: str = "finance") -> httpx.Response:
    body = {"reason": "restated_by_mistake"}
    return post(desk.town[by], f"{desk.path}/{file['id']}/restore", body)


def put(desk: FileDesk, content: bytes, account: str = "") -> Any:
    """A file brought by one person, and accepted by the other where it restates."""
    file = desk.send(content, account)
    digest = {"digest": file["digest"]} if file["verdict"] == "F03" else {}
    told(desk.accept(file, "approver", **digest))
    desk.town.service.await_followers()
    return file


def test_what_a_wrong_restatement_took_holds_again(desk: FileDesk) -> None:
    """A holds, B restates it and is wrong, A is to hold again: the books are as they were."""
    town = desk.town
    names = [town.paid()["transaction"] for _ in range(2)]

    def settlement(second: int, *more: int) -> bytes:
        content = session("B1", 115_000, second, *more).decode()
        return content.replace("T-B1-1", names[0]).replace("T-B1-2", names[1]).encode()

    first = settlement(115_000, 50_000)
    with town.service.working():
        old = put(desk, first, town.account)
        states, books = desk.states(old), _balances(town)
        assert states == ["matched", "matched", "placed"]
        wrong = put(desk, settlement(110_000), town.account)
        assert _balances(town) != books
        again = desk.send(first, town.account)
        assert (again["id"], again["state"], again["again"]) == (old["id"], "superseded", True)
        new = told(restored(desk, old), 201)
        assert (new["state"], new["verdict"], new["restores"]) == ("held", "F03", old["id"])
        assert (new["came_by"], new["digest"]) == ("restored", old["digest"])
        [batch] = desk.see(new)["statements"]
        assert batch["difference"] == {"unchanged": 1, "changed": 1, "removed": 0, "added": 1}
        [case] = desk.case(new)
        assert (case["code"], case["facts"]["restores"]) == ("F03", old["id"])
        assert case["facts"]["reason"] == "restated_by_mistake"
        assert told(desk.accept(new, digest=new["digest"]), 403)["type"] == "/problems/same-person"
        told(desk.accept(new, "approver", digest=new["digest"]))
        town.service.await_followers()
    assert (desk.states(new), _balances(town)) == (states, books)
    assert [desk.see(one)["state"] for one in (old, wrong)] == ["superseded"] * 2
    assert told(restored(desk, new), 422)["type"] == "/problems/file-not-acceptable"
    assert told(restored(desk, old), 200)["id"] == new["id"], "it stands: nothing more is done"
    assert desk.send(first, town.account)["id"] == new["id"]


def test_a_banks_money_comes_back_with_the_statement_that_told_of_it(desk: FileDesk) -> None:
    town = desk.town
    first = camt(1, 0, (50_000, "A"), (30_000, "B"), (7_000, "C"), (7_000, ""), (7_000, ""))
    with town.service.working():
        old = put(desk, first)
        books = _balances(town)
        assert books == {"1300": 101_000, "2150": -101_000}
        put(desk, camt(1, 0, (50_000, "A"), (31_000, "B"), (7_000, "")))
        assert _balances(town) == {"1300": 88_000, "2150": -88_000}
        new = told(restored(desk, old), 201)
        told(desk.accept(new, "approver", digest=new["digest"]))
        town.service.await_followers()
        assert _balances(town) == books
        # And once more, each way: nothing of it remembers how often it was told.
        put_back = told(restored(desk, {"id": _superseded(desk, new)}), 201)
        told(desk.accept(put_back, "approver", digest=put_back["digest"]))
        town.service.await_followers()
        assert _balances(town) == {"1300": 88_000, "2150": -88_000}


def test_a_file_discarded_by_mistake_is_shown_again_and_by_two_at_once_once(
    desk: FileDesk,
) -> None:
    file = desk.send(session("B1", 100_000), desk.town.account)
    gone = post(desk.town["finance"], f"{desk.path}/{file['id']}/discard", {"reason": "wrong"})
    told(gone)
    answers: list[httpx.Response] = []
    threads = [
        threading.Thread(target=lambda: answers.append(restored(desk, file))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({told(answer, 200, 201)["id"] for answer in answers}) == 1
    new = told(answers[0])
    assert (new["state"], new["verdict"], new["restores"]) == ("previewed", "", file["id"])
    assert [one["state"] for one in told(desk.town["finance"].get(desk.path))["items"]] == [
        "previewed", "discarded",
    ]  # fmt: skip
    told(desk.accept(new))
    assert desk.states(new) == ["open"]


def test_who_may_and_what_cannot(desk: FileDesk) -> None:
    file = desk.send(session("B1", 100_000), desk.town.account)
    assert restored(desk, file).status_code == 422
    for other in ("clerk", "auditor"):
        assert restored(desk, file, other).status_code == 403
    doubted = desk.send(camt(1, 0, (5, "A")), sha256="0" * 64)
    told(post(desk.town["finance"], f"{desk.path}/{doubted['id']}/discard", {"reason": "wrong"}))
    assert told(restored(desk, doubted), 422)["type"] == "/problems/file-not-acceptable"
    vouched = desk.send(camt(1, 0, (5, "A")), sha256=doubted["digest"])
    assert (vouched["state"], vouched["again"]) == ("previewed", False)


def _superseded(desk: FileDesk, by: Any) -> str:
    items = told(desk.town["finance"].get(desk.path))["items"]
    newest = [one for one in items if one["state"] == "superseded" and one["id"] != by["id"]]
    return str(newest[0]["id"])


def _balances(town: Town) -> dict[str, int]:
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    [book] = told(town["finance"].get(path))["books"]
    found = {str(row["account"]): row["balance"]["amount"] for row in book["accounts"]}
    return {account: balance for account, balance in found.items() if balance}
