"""The QR code of a payment as a picture, for portals and counters that do not draw one."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from io import BytesIO
from typing import Any, Literal
from uuid import UUID

import segno
from fastapi import APIRouter, Request, Response

from feesvc.api.payments import Who, seen
from feesvc.api.problems import Problem

router = APIRouter(tags=["payments"])

NO_CODE = Problem(404, "payment-without-code", "This payment has no QR code")
SCALE = 8
"""Pixels of the PNG, or units of the SVG, per module: a bank code is about 500 wide."""
TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def _pictures(kind: Literal["svg", "png"]) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {TYPES[kind]: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/payments/{id}/qr.svg", response_class=Response, responses=_pictures("svg"))
async def svg(request: Request, id: UUID, who: Who) -> Response:
    """The payment's QR code; 404 where it has none, as where it is paid on a page."""
    return await _drawn(request, id, who, "svg")


@router.get("/payments/{id}/qr.png", response_class=Response, responses=_pictures("png"))
async def png(request: Request, id: UUID, who: Who) -> Response:
    """The payment's QR code; 404 where it has none, as where it is paid on a page."""
    return await _drawn(request, id, who, "png")


async def _drawn(request: Request, id: UUID, who: Who, kind: Literal["svg", "png"]) -> Response:
    payment = await seen(who, id)
    if not payment.qr:
        raise NO_CODE
    tag = f'"{sha256(f"{kind} {payment.qr}".encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    try:
        picture = await asyncio.to_thread(drawn, payment.qr, kind)
    except segno.DataOverflowError:
        raise NO_CODE from None
    return Response(picture, 200, headers, TYPES[kind])


def drawn(text: str, kind: Literal["svg", "png"]) -> bytes:
    """``text`` as a QR code with a quiet zone: dark on white, 15% of it may be damaged.

    Raises ``segno.DataOverflowError`` for more than 2,331 bytes.
    """
    code = segno.make_qr(text, error="m")
    picture = BytesIO()
    code.save(picture, kind=kind, scale=SCALE, border=4, dark="#000", light="#fff")
    return picture.getvalue()
