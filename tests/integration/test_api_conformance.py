"""What OpenAPI promises is what is answered, whatever schemathesis thinks of asking."""

from __future__ import annotations

import warnings
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as generated
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from feesvc.testing.service import PATIENCE, RunningService
from feesvc.testing.town import Town, post, told

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 3
"""For each route: a short run of every ``./run test``."""


@pytest.fixture
def almighty(town: Town) -> str:
    """The token of somebody who may do everything, so that requests get past the door."""
    service = town.service
    roles = ["administrator", "clerk", "finance", "approver", "auditor"]
    who = {"issuer": service.issuer.url, "sub": "almighty"}
    with service.person("operator") as operator:
        told(post(operator, "/operators", who), 201)
        told(post(operator, f"/agencies/{town.agency}/officers", {**who, "roles": roles}), 201)
    return service.issuer.sign("almighty")


@pytest.mark.slow
def test_every_route_keeps_its_promise(town: Town, almighty: str) -> None:
    schema = loaded(town.service)
    headers = {"Authorization": f"Bearer {almighty}"}
    known = {"agency": town.agency, "account": town.account, "portal": town.portal_code}
    asked = 0
    with town.service.working():
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()

            @settings(
                max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @generated(case=operation.as_strategy(), real=st.booleans())
            def keeps(case: schemathesis.Case[Any], real: bool) -> None:
                nonlocal asked
                asked += 1
                if real:
                    case.path_parameters.update(
                        {k: v for k, v in known.items() if k in case.path_parameters}
                    )
                # An intermediary is answered in its own words, which are not ours to promise.
                foreign = case.path.startswith("/v1/notifications")
                keys = {"Idempotency-Key": str(uuid4())} if case.method == "POST" else {}
                case.call_and_validate(
                    base_url=town.service.url,
                    headers={**headers, **keys},
                    checks=CHECKS[: 1 if foreign else None],
                )

            keeps()
    assert asked > 100


def loaded(service: RunningService) -> schemathesis.schemas.BaseSchema:
    document = httpx.get(f"{service.url}/openapi.json", timeout=PATIENCE).json()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return schemathesis.openapi.from_dict(document)
