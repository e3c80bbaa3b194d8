"""Well-formed requests to the routes of matching."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def matching_bodies(account: str, digest: str) -> Mapping[str, Any]:
    """What each POST says, by the template of its path."""
    agency = "/v1/agencies/{agency}"
    return {
        f"{agency}/match-runs": {"account": account, "as_of": "2026-11-20", "dry": True},
        f"{agency}/matches": {
            "account": account,
            "lines": [1],
            "others": [f"batch:{account}"],
            "reason": "checked",
        },
        f"{agency}/match-rules": {"terms": {}, "valid_from": "2026-11-20"},
        "/v1/match-rules/{id}/approve": {"number": 1, "digest": digest},
        "/v1/match-rules/{id}/reject": {"number": 1, "reason": "checked"},
        "/v1/matches/{id}/undo": {"reason": "checked"},
        "/v1/matches/{id}/confirm": {},
        "/v1/matches/{id}/reject": {},
    }
