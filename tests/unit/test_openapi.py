"""The OpenAPI document is a promise to portals: it changes only on purpose.

``python tests/unit/test_openapi.py`` writes what is promised now to ``tests/golden/openapi.json``.
Routes of projections are their own packages' promises.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from feesvc import plugins
from feesvc.api import create_app

GOLDEN = Path(__file__).parents[1] / "golden" / "openapi.json"


def promised() -> dict[str, Any]:
    """What the core's own routes promise."""

    def never() -> Any:
        raise AssertionError("nothing is opened to describe the routes")

    with patch.object(plugins, "projections", return_value={}):
        document: dict[str, Any] = create_app(never).openapi()
    return document


def test_the_promise_is_kept() -> None:
    assert promised() == json.loads(GOLDEN.read_text("utf-8")), __doc__


def test_every_route_promises_problems_and_says_what_it_does() -> None:
    for path, methods in promised()["paths"].items():
        for method, operation in methods.items():
            content = operation["responses"]["4XX"]["content"]
            assert list(content) == ["application/problem+json"], (method, path)
            secured = path.startswith("/v1") and not path.startswith("/v1/notifications")
            assert ("security" in operation) == secured, (method, path)


def test_amounts_are_whole_and_no_float_is_promised() -> None:
    assert '"number"' not in json.dumps(_types(promised()))


def _types(node: Any) -> list[Any]:
    if isinstance(node, list):
        return [kind for one in node for kind in _types(one)]
    if not isinstance(node, dict):
        return []
    own = [node["type"]] if isinstance(node.get("type"), str) else []
    return own + [kind for one in node.values() for kind in _types(one)]


if __name__ == "__main__":
    text = json.dumps(promised(), indent=1, ensure_ascii=False, sort_keys=True)
    GOLDEN.write_text(text + "\n", "utf-8")
