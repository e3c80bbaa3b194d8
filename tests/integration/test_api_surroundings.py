"""An intermediary that says no, and keys that are not there: a problem each, and never a 500."""

from __future__ import annotations

from feesvc.api.problems import problem_of
from feesvc.intermediary import Refused
from feesvc.testing.town import Town, post, told


def unkeyed(town: Town) -> str:
    """A merchant account whose secrets are nowhere to be found."""
    settings = {
        name: f"env:NOWHERE_{name.upper()}" if value.startswith(("env:", "file:")) else value
        for name, value in town.stand_in.settings.items()
    }
    asked = {
        "intermediary": "sandbox", "mode": "test", "settings": settings, "currencies": ["VND"],
    }  # fmt: skip
    path = f"/agencies/{town.agency}/merchant-accounts"
    return str(told(post(town["administrator"], path, asked), 201)["id"])


def test_keys_that_are_not_there_are_a_problem_of_the_service(town: Town) -> None:
    account = unkeyed(town)
    wanted = {**town.paying(town.assessment()["id"]), "account": account}
    answer = post(town.portal, "/payments", wanted)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-set-up"), answer.text
    assert "NOWHERE" not in answer.text
    told_of = post(town.service.client(), f"/notifications/{account}", {"x": 1})
    assert told_of.status_code == 503, told_of.text
    batch = post(town["finance"], f"/merchant-accounts/{account}/settlements", {"batch": "B"})
    assert batch.status_code == 503


def test_a_no_of_the_intermediary_is_a_problem_without_its_words() -> None:
    problem = problem_of(Refused("card of Nguyễn Văn An"))
    assert (problem.status, problem.type) == (422, "refused-by-intermediary")
    assert b"An" not in problem.body()
