"""Limits: a body larger than we ever need is refused while it arrives, before anything reads it."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feesvc.api.problems import MEDIA_TYPE, Problem

LARGEST = 1024 * 1024
LARGEST_DOCUMENT = 128 * 1024 * 1024
DOCUMENT = b"application/octet-stream"
TOO_LARGE = Problem(413, "body-too-large", "The body is larger than this service takes")


class BodyLimit:
    """1 MiB for what is said in JSON; documents (settlements) may be larger."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        most = LARGEST_DOCUMENT if headers.get(b"content-type") == DOCUMENT else LARGEST
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > most:
            await _refuse(send)
            return
        seen, begun = 0, False

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise TOO_LARGE
            return message

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, limited, watched)
        except Problem as problem:
            if problem is not TOO_LARGE or begun:
                raise
            await _refuse(send)


async def _refuse(send: Send) -> None:
    body = TOO_LARGE.body()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
