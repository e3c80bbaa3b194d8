"""Stripe's error objects, as its API answers them (https://docs.stripe.com/api/errors)."""

from __future__ import annotations


class Refusal(Exception):
    """An error answer: status and the ``error`` object."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str = "",
        param: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": kind}
        if code:
            self.error["code"] = code
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param:
            self.error["param"] = param


def invalid(message: str, param: str = "", code: str = "") -> Refusal:
    return Refusal(400, "invalid_request_error", message, code=code, param=param)


def unknown(param: str) -> Refusal:
    return invalid(f"Received unknown parameter: {param}", param, "parameter_unknown")


def missing(param: str) -> Refusal:
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def no_such(kind: str, identifier: str, param: str = "id") -> Refusal:
    return Refusal(
        404,
        "invalid_request_error",
        f"No such {kind}: '{identifier}'",
        code="resource_missing",
        param=param,
    )


def no_such_url(method: str, path: str) -> Refusal:
    return Refusal(
        404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).", code=""
    )


def unauthorised(message: str) -> Refusal:
    return Refusal(401, "invalid_request_error", message)


def other_parameters(key: str) -> Refusal:
    return Refusal(
        400,
        "idempotency_error",
        "Keys for idempotent requests can only be used with the same parameters they were first "
        f"used with. Try using a key other than '{key}' if you meant to execute a different "
        "request.",
    )
