"""Well-formed requests to the routes of files, their profiles and matches, and their things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import psycopg

from feesvc.testing.service import new_key
from feesvc.testing.tables import some_profile
from feesvc.testing.town import Town, told

PROPOSED = {"text": some_profile(), "valid_from": "2030-01-01"}


def file_things(town: Town) -> Mapping[str, str]:
    """A file that nobody can read, and a match that waits; by the names of ``Things``."""
    finance = town["finance"]
    path, asked = f"/agencies/{town.agency}/files", {"account": town.account}
    file = told(finance.post(path, content=b"{", params=asked, headers=new_key()), 201)
    run, group = str(uuid4()), str(uuid4())
    with psycopg.connect(town.service.settings.need_owner_url()) as db:
        db.execute(
            "INSERT INTO feesvc.match_run (id, agency, account, leg, started_at, started_by, "
            "as_of, rules, calendar, log_position, inputs, result, state) "
            "VALUES (%s, %s, %s, 'S', now(), 'x', '2026-11-20', 0, '', 0, '', 'x', 'concluded')",
            [run, town.agency, town.account],
        )
        db.execute(
            "INSERT INTO feesvc.match_group (id, run, agency, leg, rule, rules, how, state, "
            "difference, currency, why) "
            "VALUES (%s, %s, %s, 'S', 'near', 0, 'fuzzy', 'proposed', 0, 'VND', '{}')",
            [group, run, town.agency],
        )
    return {"file": file["id"], "match_run": run, "match": group}


def file_bodies(account: str, digest: str, case: str) -> Mapping[str, Any]:
    """What each POST says, by the template of its path; None is no body, as of an upload."""
    agency, reason = "/v1/agencies/{agency}", {"reason": "checked"}
    profile = f"{agency}/file-profiles"
    return {
        f"{agency}/files": None,
        f"{agency}/files/{{id}}/accept": {"digest": digest},
        f"{agency}/files/{{id}}/discard": reason,
        f"{agency}/files/{{id}}/read-again": None,
        f"{agency}/files/{{id}}/restore": reason,
        profile: {"account": account, **PROPOSED},
        f"{profile}/{{account}}/trial": None,
        f"{profile}/{{account}}/{{number}}/approve": {"digest": digest},
        f"{profile}/{{account}}/{{number}}/reject": reason,
        f"{agency}/cases/bulk": {"cases": [case], "do": "escalate", **reason},
        f"{agency}/duty-terms": {"duty": "remittance", "within": 1, "effective_on": "2030-01-01"},
        "/v1/cases/{id}/escalate": None,
        "/v1/merchant-accounts/{id}/settlement-term": {
            "settled_within": 1, "credited_within": 1, "effective_on": "2030-01-01",
        },
    }  # fmt: skip
