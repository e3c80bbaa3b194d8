"""Which URLs a payer or a message may be sent to: https, or http on this machine."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote, urlsplit

from feesvc.domain.aggregate import Refusal

LOOPBACK = ("localhost", "127.0.0.1", "::1")
LONGEST = 2_000


class UnsafeUrl(Refusal):
    """A URL must be https, or http on the loopback, without credentials or a fragment"""


def checked_url(url: str) -> str:
    """The URL as given. Raises ``UnsafeUrl``."""
    if _safe(url) is None:
        raise UnsafeUrl(repr(url[:200]))
    return url


def checked_prefix(url: str) -> str:
    """A prefix as given: it has no query, so that whatever follows its path can. ``UnsafeUrl``."""
    if "?" in url:
        raise UnsafeUrl(repr(url[:200]))
    return checked_url(url)


def starts_with(url: str, prefix: str) -> bool:
    """Whether ``url`` is safe, of the same origin, and its path is the prefix's or below it.

    ``https://a.vn/pay`` admits ``/pay`` and ``/pay/7?x=1``; not ``/payments``, not ``a.vn.evil``.
    """
    asked, allowed = _safe(url), _safe(prefix)
    if asked is None or allowed is None or _origin(asked) != _origin(allowed):
        return False
    folder = allowed.path if allowed.path.endswith("/") else allowed.path + "/"
    return asked.path == allowed.path or (asked.path or "/").startswith(folder)


def _safe(url: str) -> SplitResult | None:
    # Browsers read a backslash as a slash and drop control characters; both move the host.
    if len(url) > LONGEST or "\\" in url or any(ord(c) <= 32 or ord(c) == 127 for c in url):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    known = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not host or not known or "@" in parts.netloc or "#" in url:
        return None
    # A step upwards would leave the folder that was allowed.
    if ".." in unquote(unquote(parts.path)).replace("\\", "/").split("/"):
        return None
    return parts


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, parts.hostname, port
