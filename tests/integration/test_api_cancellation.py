"""A portal closes a payment over HTTP, and a second attempt closes the first."""

from __future__ import annotations

from feesvc.testing.town import Town, post, told


def cancel(town: Town, payment: str, key: str = "") -> dict[str, object]:
    found: dict[str, object] = told(post(town.portal, f"/payments/{payment}/cancellation", key=key))
    return found


def test_a_payment_is_closed_once(town: Town) -> None:
    payment = town.payment(town.assessment("FEE")["id"])
    first = post(town.portal, f"/payments/{payment['id']}/cancellation", key="close")
    again = post(town.portal, f"/payments/{payment['id']}/cancellation", key="close")
    assert told(first, 200)["state"] == "cancelled"
    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"
    assert told(town.portal.get(f"/payments/{payment['id']}"))["state"] == "cancelled"
    assert cancel(town, payment["id"], "later")["state"] == "cancelled"


def test_what_was_paid_first_is_received(town: Town) -> None:
    payment = town.payment(town.assessment("FEE")["id"])
    town.stand_in.counterpart.pay(payment["reference"])
    assert cancel(town, payment["id"])["state"] == "received"
    assert told(town.portal.get(f"/payments/{payment['id']}"))["paid"]


def test_a_second_attempt_closes_the_first_and_pays(town: Town) -> None:
    fee = town.assessment("FEE")["id"]
    first, second = town.payment(fee), town.payment(fee)
    assert told(town.portal.get(f"/payments/{first['id']}"))["state"] == "cancelled"
    town.receive(second)
    assert told(town.portal.get(f"/assessments/{fee}"))["state"] == "paid"


def test_a_second_attempt_after_unheard_money_is_refused(town: Town) -> None:
    fee = town.assessment("FEE")["id"]
    first = town.payment(fee)
    town.stand_in.counterpart.pay(first["reference"])
    refused = post(town.portal, "/payments", town.paying(fee))
    assert told(refused, 422)["type"] == "/problems/nothing-owed"
    assert told(town.portal.get(f"/payments/{first['id']}"))["paid"]


def test_another_portals_payment_is_not_there(town: Town) -> None:
    payment = town.payment(town.assessment("FEE")["id"])
    assert post(town["auditor"], f"/payments/{payment['id']}/cancellation").status_code == 403
    missing = "0192f0c1-7d2a-4c36-9b1e-5a7b3c9d1e2f"
    assert post(town.portal, f"/payments/{missing}/cancellation").status_code == 404
