"""Money that a bank tells of is booked once and in one case, whatever it is told after what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from feesvc.domain.bank_order import LETTERS
from feesvc.testing.file_desk import BANK, FileDesk, camt, session
from feesvc.testing.service import RunningService
from feesvc.testing.town import post, told

pytestmark = pytest.mark.lasting


@pytest.fixture(scope="module", autouse=True)
def worker(lasting_service: RunningService) -> Iterator[None]:
    """One for all: each test has an agency of its own."""
    with lasting_service.working():
        yield


def take(desk: FileDesk, content: bytes, account: str = "") -> Any:
    """A file that is accepted, by two where it restates another, and all that follows from it."""
    file = desk.send(content, account)
    by, body = ("approver", {"digest": file["digest"]}) if file["verdict"] == "F03" else (
        "finance", {}
    )  # fmt: skip
    told(desk.accept(file, by, **body))
    desk.town.service.await_followers()
    return file


def books(desk: FileDesk) -> dict[str, int]:
    desk.town.service.await_followers()
    path = f"/agencies/{desk.town.agency}/agency_ledger/trial-balance"
    found = told(desk.town["finance"].get(path))["books"]
    return {
        str(row["account"]): row["balance"]["amount"]
        for book in found for row in book["accounts"] if row["balance"]["amount"]
    }  # fmt: skip


def cases(desk: FileDesk) -> list[tuple[str, str, int]]:
    """Code, kind of subject and money at risk of every case that is not closed."""
    desk.town.service.await_followers()
    path = f"/agencies/{desk.town.agency}/case_list/cases"
    rows = told(desk.town["finance"].get(path, params={"limit": 200}))["items"]
    return sorted(
        (row["code"], row["subject_kind"], row["at_risk"]["amount"])
        for row in rows if row["state"] != "closed"
    )  # fmt: skip


def batch(desk: FileDesk, name: str) -> str:
    id = desk.town.service.ids().of("batch", desk.town.account, name)
    return f"/agencies/{desk.town.agency}/batches/{id}"


def credit(reference: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"account": BANK, "reference": reference, "amount": amount, "currency": "VND",
            "booked_on": "2026-11-12", **more}  # fmt: skip


def test_what_was_claimed_comes_as_a_credit_that_waits_in_suspense(desk: FileDesk) -> None:
    """P09f and P09i: what waited is the claim's, and its case is over."""
    finance = desk.town["finance"]
    take(desk, session("B1", 100_000), desk.town.account)
    told(post(finance, f"{batch(desk, 'B1')}/credits", credit("FT1", 98_000, claim=True)))
    take(desk, camt(1, 0, (900, "FT2")))
    assert books(desk)["2150"] == -100_900  # of it 100,000 of the payment that nobody knew
    assert ("B03", "transfer", 900) in cases(desk)
    seen = told(post(finance, f"{batch(desk, 'B1')}/recoveries", credit("FT2", 900)))
    assert seen["claimed"]["amount"] == 0
    again = told(post(finance, f"{batch(desk, 'B1')}/recoveries", credit("FT2", 900)))
    assert again == seen
    after = books(desk)
    assert (after["1300"], after["2150"], after.get("1290"), after.get("1210")) == (
        98_900, -100_000, None, None,
    )  # fmt: skip
    assert [case for case in cases(desk) if case[0] in ("B03", "B04")] == []
    take(desk, camt(2, 900, (5, "FT3")))
    assert books(desk)["1300"] == 98_905, "the line that was used is not taken again"


def test_many_that_nobody_knows_are_each_booked_and_told_once(desk: FileDesk) -> None:
    many = [(1_000 + number, f"FT{number}") for number in range(70)]
    whole, waits = sum(amount for amount, _ in many), [("B03", "transfer", a) for a, _ in many]
    take(desk, camt(1, 0, *many))
    assert (books(desk), cases(desk)) == ({"1300": whole, "2150": -whole}, waits)
    take(desk, camt(2, whole, (5, "FT99")))
    assert cases(desk) == [("B03", "transfer", 5), *waits]


def test_one_statement_takes_a_payout_back_and_credits_it_again(desk: FileDesk) -> None:
    """B07, and no second credit of what was never credited twice (B08)."""
    take(desk, session("BATCH77X1", 100_000), desk.town.account)
    take(desk, camt(1, 0, (98_900, "FT1")))
    before = books(desk)
    assert (before["1300"], before.get("1210"), before["2150"]) == (98_900, None, -100_000)
    file = take(desk, camt(2, 98_900, (-98_900, "FT2"), (98_900, "FT3")))
    assert books(desk) == before
    assert [case for case in cases(desk) if case[0] != "S03"] == []
    path = f"/agencies/{desk.town.agency}/case_list/cases"
    rows = told(desk.town["finance"].get(path, params={"limit": 200}))["items"]
    assert sorted(row["code"] for row in rows if row["code"][0] == "B") == ["B07"]
    assert desk.states(file) == ["placed", "placed"]


def test_a_refund_is_paid_where_its_text_seems_to_name_an_order_too(desk: FileDesk) -> None:
    """As where an installation's epoch has CM in it: every refund then seems to name a move."""
    town = desk.town
    refund = told(post(town["finance"], "/refunds", {
        "transfer": town.paid("CHARGE")["id"], "amount": 10_000, "reason": "withdrawn",
        "method": "bank_transfer", "payee": {
            "name": "Nguyễn Văn Đức",
            "refund_account": {"bank": "970415", "number": "10203040", "holder": "NGUYEN VAN DUC"},
        },
    }), 201)  # fmt: skip
    path = f"/refunds/{refund['id']}"
    payee = told(town["approver"].get(f"{path}/payee"))["digest"]
    agreed = {"digest": refund["digest"], "payee": payee, "acknowledge_name": True}
    told(post(town["approver"], f"{path}/approve", agreed))
    drawn = post(town["finance"], f"/agencies/{town.agency}/payment-lists", {
        "account": BANK, "currency": "VND", "refunds": [refund["id"]], "execute_on": "2026-11-11",
    })  # fmt: skip
    [entry] = told(drawn, 201)["entries"]
    text = f"HOAN TRA {entry['reference']} CM7F3K2A00000012".encode()
    statement = camt(1, 100_000, (-10_000, "FT1")).replace(b"KY DOI SOAT BATCH77X1", text)
    assert desk.states(take(desk, statement)) == ["matched"]
    assert told(town["auditor"].get(path))["state"] == "paid"
    assert cases(desk) == []


def test_an_undone_credit_over_its_batch_is_its_batch_s_again(desk: FileDesk) -> None:
    finance = desk.town["finance"]
    take(desk, session("B1", 100_000), desk.town.account)
    path, over = batch(desk, "B1"), credit("FT1", 108_900, over=True)
    told(post(finance, f"{path}/credits", over))
    before = books(desk)
    assert (before["1300"], before["2150"]) == (108_900, -110_000)
    undo = {"account": BANK, "reference": "FT1", "reason": "mistake"}
    told(post(finance, f"{path}/credits/undo", undo))
    undone = books(desk)
    assert (undone["1300"], undone["1210"], undone["2150"]) == (108_900, 98_900, -208_900)
    assert [case for case in cases(desk) if case[0] != "S03"] == [("B03", "transfer", 108_900)]
    told(post(finance, f"{path}/credits/undo", undo))
    assert books(desk) == undone
    told(post(finance, f"{path}/credits", over))
    assert books(desk) == before
    told(post(finance, f"{path}/credits/reverse", {**undo, "booked_on": "2026-11-13"}))
    gone = books(desk)
    assert (gone.get("1300", 0), gone["1210"], gone["2150"]) == (0, 98_900, -100_000)


def test_a_bank_line_after_an_undone_credit_is_one_case(desk: FileDesk) -> None:
    """The officer credits by hand, undoes it, and then the statement tells of it."""
    finance = desk.town["finance"]
    take(desk, session("B1", 100_000), desk.town.account)
    told(post(finance, f"{batch(desk, 'B1')}/credits", credit("FT1", 108_900, over=True)))
    undo = {"account": BANK, "reference": "FT1", "reason": "mistake"}
    told(post(finance, f"{batch(desk, 'B1')}/credits/undo", undo))
    take(desk, camt(1, 0, (108_900, "FT1")))
    assert [case for case in cases(desk) if case[0] != "S03"] == [("B03", "transfer", 108_900)]
    assert books(desk)["1300"] == 108_900


PURPOSES = ("collection", "treasury_deposit", "treasury_custody", "treasury_fees")


@pytest.mark.parametrize("named", ["nothing", "a payout", "orders of nobody"])
@pytest.mark.parametrize("currency", ["VND", "USD"])
def test_a_line_of_any_account_of_ours_is_placed_or_a_case(
    desk: FileDesk, currency: str, named: str
) -> None:
    """Nothing that a bank or the Treasury says stops a run: a credit, a debit, of no order."""
    town, ids = desk.town, desk.town.service.ids()
    if named == "a payout":  # all lines name it
        take(desk, session("BATCH77X1", 100_000), town.account)
    orders = b" ".join(f"{letter}ABCDEF00000001".encode() for letter in LETTERS.values())
    credits = ["B03"] * 4
    if (named, currency) == ("a payout", "VND"):  # of another currency they name none
        credits = ["B04", "B09", "B09", "B09"]
    for number, purpose in enumerate(PURPOSES):
        ours = {"bank": "970400", "number": f"90{number}", "currency": currency,
                "purpose": purpose, "effective_on": "2020-01-01"}  # fmt: skip
        told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", ours))
        account = str(ids.bank_account(town.agency, "970400", f"90{number}", currency))
        content = camt(
            1, 100_000, (50_000, "FT1"), (-700, "FT2"), account=f"90{number}", currency=currency
        )
        if named.startswith("orders"):
            content = content.replace(b"BATCH77X1", orders)
        file = take(desk, content, account)
        assert desk.states(file) == ["open", "open"], purpose
        runs = told(town["finance"].get(f"/agencies/{town.agency}/match-runs"))["items"]
        assert [run["state"] for run in runs if run["account"] == account] == ["concluded"]
    found = [case[0] for case in cases(desk) if case[0] != "S03"]
    assert found == [*credits, *["B11"] * 4]


def test_what_a_restated_file_took_back_and_another_tells_again_is_money_again(
    desk: FileDesk,
) -> None:
    """Of a bank: told, left out, told again. Each time the books hold what stands."""
    rounds = [((50_000, 30_000), 80_000), ((50_000,), 50_000), ((50_000, 30_000), 80_000)]
    for round, (amounts, stands) in enumerate(rounds):
        lines = [(amount, f"FT{number}") for number, amount in enumerate(amounts)]
        take(desk, camt(1, 0, *lines) + b" " * round)
        assert books(desk) == {"1300": stands, "2150": -stands}
        assert sum(case[2] for case in cases(desk)) == stands


def test_what_a_restated_settlement_took_back_and_tells_again_is_money_again(
    desk: FileDesk,
) -> None:
    """The second time with another amount under the same transaction."""
    rounds = [((100_000, 50_000), 150_000), ((100_000,), 100_000), ((100_000, 60_000), 160_000),
              ((100_000, 50_000), 150_000)]  # fmt: skip
    for round, (amounts, stands) in enumerate(rounds):
        content = session("B1", *amounts).replace(b'{"batch"', b"{" + b" " * round + b'"batch"')
        take(desk, content, desk.town.account)
        found = books(desk)
        assert (found["2150"], found["1210"]) == (-stands, stands * 989 // 1000)
        assert "1200" not in found
        assert [case[0] for case in cases(desk)] == ["S03"] * len(amounts)


def test_a_payment_that_a_restated_file_took_back_is_heard_of_all_the_same(desk: FileDesk) -> None:
    """The file told first, was restated, and then the intermediary says that it was paid."""
    town = desk.town
    payment = town.payment(town.assessment("CHARGE")["id"])
    transaction = town.stand_in.counterpart.pay(payment["reference"])
    told_first = session("B1", 115_000, 50_000).replace(b"T-B1-1", transaction.encode())
    take(desk, told_first, town.account)
    take(desk, session("B1", 50_000), town.account)
    assert books(desk)["2150"] == -50_000
    told(post(town.portal, f"/payments/{payment['id']}/look-up"))
    found = books(desk)
    assert (found["1200"], found["2150"], found["2500"]) == (115_000, -50_000, -115_000)
    take(desk, told_first.replace(b'{"batch"', b'{ "batch"'), town.account)
    found = books(desk)
    assert (found.get("1200"), found["2150"], found["2500"]) == (None, -50_000, -115_000)
    assert [case[0] for case in cases(desk)] == ["S03"]


def test_one_reference_of_the_bank_for_two_amounts_is_two_lines_in_any_order(
    desk: FileDesk,
) -> None:
    """The later statement is accepted first: what it was booked as is not told again."""
    first = desk.send(camt(1, 0, (7_000, "FT1")))
    take(desk, camt(2, 7_000, (50_000, "FT1")))
    told(desk.accept(first))
    desk.town.service.await_followers()
    post(desk.town["finance"], f"/agencies/{desk.town.agency}/match-runs", {
        "account": desk.bank, "leg": "B"
    })  # fmt: skip
    assert books(desk) == {"1300": 57_000, "2150": -57_000}
    assert [case[0] for case in cases(desk)] == ["B03", "B03"]


def test_a_refused_restatement_says_which_case_it_is(desk: FileDesk) -> None:
    """Money of a changed line went on meanwhile: nothing of the restated file is taken."""
    finance = desk.town["finance"]
    for number in range(2):
        take(desk, session(f"B{number}", 100_000), desk.town.account)
    for number, early in enumerate((False, True)):  # credited by hand after the file, or before it
        name, opening = f"FT{number}", number * 100_000
        lines = (98_900, name), (1_100, f"C{number}")
        if not early:
            take(desk, camt(number + 1, opening, *lines))
        told(post(finance, f"{batch(desk, f'B{number}')}/credits", credit(name, 98_900)))
        if early:
            take(desk, camt(number + 1, opening, *lines))
        before = books(desk)
        changed = camt(number + 1, opening, (98_901, name), (1_099, f"C{number}"))
        restated = desk.send(changed)
        [case] = desk.case(restated)
        refused = told(desk.accept(restated, "approver", digest=restated["digest"]), 422)
        assert refused["type"] == "/problems/lines-placed"
        assert case["code"] == "F03" and case["id"] in refused["detail"]
        assert books(desk) == before


def test_a_line_that_could_not_be_booked_and_now_can_is_one_case(desk: FileDesk) -> None:
    """The custody account at the Treasury is named as one that is collected on, too."""
    town = desk.town
    ours = {"bank": "970400", "number": "901", "currency": "VND", "effective_on": "2020-01-01"}
    path = f"/agencies/{town.agency}/bank-accounts"
    told(post(town["administrator"], path, {**ours, "purpose": "treasury_custody"}))
    account = str(town.service.ids().bank_account(town.agency, "970400", "901", "VND"))
    take(desk, camt(1, 0, (50_000, "FT1"), account="901"), account)
    assert cases(desk) == [("B03", "line", 50_000)]
    told(post(town["administrator"], path, {**ours, "purpose": "collection"}))
    take(desk, camt(2, 50_000, (7, "FT2"), account="901"), account)
    assert cases(desk) == [("B03", "transfer", 7), ("B03", "transfer", 50_000)]
    assert books(desk) == {"1300": 50_007, "2150": -50_007}
