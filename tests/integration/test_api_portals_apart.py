"""A portal sees what its own agencies are owed and what it did itself; nobody else's."""

from __future__ import annotations

import httpx

from feesvc.testing.service import OPERATOR
from feesvc.testing.town import RETURN_URL, SCOPES, Town, found_town, post, told


def other_portal(town: Town) -> httpx.Client:
    """Another portal that acts for the same agency."""
    asked = {
        "code": "OTHER", "agency": town.agency, "name": "Cổng khác", "agencies": [town.agency],
        "scopes": SCOPES, "return_urls": [RETURN_URL],
    }  # fmt: skip
    told(post(town["administrator"], "/portals", asked), 201)
    key = told(post(town["administrator"], "/portals/OTHER/keys", {"key": "first"}), 201)
    return town.service.client(key["secret"])


def test_the_money_of_another_portals_payment_is_not_there(town: Town) -> None:
    other, transfer = other_portal(town), town.paid("FEE")
    assert town.portal.get(f"/transfers/{transfer['id']}").status_code == 200
    assert other.get(f"/transfers/{transfer['id']}").status_code == 404
    wish = {"transfer": transfer["id"], "amount": 1_000, "reason": "mistake"}
    assert post(other, "/refunds", wish).status_code == 404
    told(post(town.portal, "/refunds", wish), 201)


def test_a_portal_of_the_parent_reads_no_book_of_its_units(town: Town) -> None:
    found_town(town.service, "sandbox", "H26", "ELSEWHERE")
    with town.service.person(OPERATOR) as operator:
        moved = {"parent": town.agency, "effective_on": "2020-01-01"}
        told(post(operator, "/agencies/H26/move", moved), 200)
    with town.service.working():
        town.service.await_followers()
    path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
    assert told(town["finance"].get(path))["units"] == ["G14", "H26"]
    for asked in ({}, {"units": "all"}, {"units": "own"}):
        assert told(town.portal.get(path, params=asked))["units"] == ["G14"]
