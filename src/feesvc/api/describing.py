"""Describing: what the OpenAPI document says beyond the routes: who may ask, and asking once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from feesvc.api.problems import MEDIA_TYPE

INTERMEDIARIES = ("/v1/notifications/{account}", "/v1/notifications/{account}/inquiry")
"""They ask under keys of their own, and know no Idempotency-Key."""
PUBLIC = ("/livez", "/readyz", *INTERMEDIARIES)
CHANGES_NOTHING = (
    "/v1/quotes", "/v1/payments/{id}/look-up", "/v1/agencies/{agency}/subjects/search",
    *INTERMEDIARIES,
    "/v1/merchant-accounts/{id}/notifications/{arrival}/verification",
)  # fmt: skip
"""POSTs that may be repeated without an Idempotency-Key."""

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this request. Sent again with it, the same request has no second effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
CREDENTIAL = {
    "type": "http",
    "scheme": "bearer",
    "description": "A portal's key, or the access token of a person.",
}


def describe(app: FastAPI) -> None:
    """Complete what FastAPI makes of the routes, each time that it is made."""
    plain: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain())
        return plain()

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: dict[str, Any]) -> None:
    parts = document.setdefault("components", {})
    parts["securitySchemes"] = {"credential": CREDENTIAL}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for kind in ("4XX", "5XX"):
                content = operation["responses"][kind]["content"][MEDIA_TYPE]
                parts["schemas"].setdefault("Problem", content["schema"])
                content["schema"] = {"$ref": "#/components/schemas/Problem"}
            if path not in PUBLIC:
                operation["security"] = [{"credential": []}]
            if method == "post" and path not in CHANGES_NOTHING:
                operation.setdefault("parameters", []).append(KEY)
