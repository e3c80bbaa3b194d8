"""Secrets by reference: configuration says ``env:NAME`` or ``file:PATH``, never a value."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from pathlib import Path

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
LARGEST_FILE = 64 * 1024


class Misconfigured(Exception):
    """The service was told something it cannot run with.

    The message names the setting and says what is wrong in one line; it holds no value.
    """


def resolve(reference: str, setting: str = "a secret") -> str:
    """The secret that ``reference`` points at, without the newline at its end.

    ``setting`` names the reference's own place in messages. Raises ``Misconfigured``; what is not
    a reference is never repeated, since it may be a secret pasted into the wrong place.
    """
    scheme, _, place = reference.partition(":")
    if scheme == "env" and _NAME.fullmatch(place):
        secret = _from_environment(place, os.environ, setting)
    elif scheme == "file" and place:
        secret = _from_file(Path(place), setting)
    else:
        raise Misconfigured(f"{setting} must be a reference, env:NAME or file:PATH")
    if not secret:
        raise Misconfigured(f"{setting}: what {scheme}:{place} points at is empty")
    return secret


def resolve_key(reference: str, setting: str, length: int = 32) -> bytes:
    """The random bytes whose base64 text ``reference`` points at; raises ``Misconfigured``."""
    text = resolve(reference, setting)
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != length:
        raise Misconfigured(f"{setting} must point at {length} random bytes in base64")
    return key


def _from_environment(name: str, environment: Mapping[str, str], setting: str) -> str:
    if name not in environment:
        raise Misconfigured(f"{setting}: the environment variable {name} is not set")
    return environment[name].rstrip("\r\n")


def _from_file(path: Path, setting: str) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
        text = raw.decode()
    except OSError as error:
        raise Misconfigured(f"{setting}: cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"{setting}: {path} is not a text file") from None
    if len(raw) > LARGEST_FILE:
        raise Misconfigured(f"{setting}: {path} is too large for a secret")
    return text.rstrip("\r\n")
