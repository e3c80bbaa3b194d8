"""Officers are appointed and revoked role by role."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from feesvc.domain.officer import NoRole, Officer, ReasonMissing, Role, UnknownRole

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


def appointed(*roles: Role) -> Officer:
    return Officer.appoint(UUID(int=1), "g14", UUID(int=2), roles, NOON)


def test_an_officer_may_act_in_the_roles_given_and_no_other() -> None:
    officer = appointed("clerk", "finance")
    assert officer.agency == "G14"
    assert officer.may("clerk") and officer.may("finance")
    assert not officer.may("approver") and not officer.may("administrator")


def test_a_revoked_role_is_gone_until_it_is_given_again() -> None:
    officer = appointed("clerk", "approver")
    officer.revoke(["approver"], "left", NOON)
    assert officer.roles == {"clerk"}
    officer.reappoint(["approver", "clerk"], NOON)
    assert officer.may("approver")
    assert officer.pending_events[-1].roles == ("approver",)  # type: ignore[attr-defined]


def test_what_changes_nothing_is_not_recorded() -> None:
    officer = appointed("clerk")
    officer.reappoint(["clerk"], NOON)
    officer.revoke(["auditor"], "left", NOON)
    assert len(officer.pending_events) == 1


def test_no_role_an_unknown_role_and_no_reason_are_refused() -> None:
    with pytest.raises(NoRole):
        appointed()
    with pytest.raises(UnknownRole):
        appointed("minister")  # type: ignore[arg-type]
    with pytest.raises(ReasonMissing):
        appointed("clerk").revoke(["clerk"], "", NOON)
