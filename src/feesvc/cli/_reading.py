"""Reading what somebody gives on the command line; what is wrong with it is one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from feesvc.cli._asking import CouldNot


def text_of(file: Path) -> str:
    """What the file says. Raises ``CouldNot``."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise CouldNot(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CouldNot(f"{file}: byte {error.start + 1} is not UTF-8") from None


def json_of(file: Path) -> Any:
    """The JSON document in the file. Raises ``CouldNot``."""
    try:
        return parsed(text_of(file))
    except ValueError as error:
        raise CouldNot(f"{file} is not JSON: {error}") from None


def parsed(text: str) -> Any:
    """What the JSON says. Raises ``ValueError``, also for what could not be sent on as JSON."""
    try:
        found = json.loads(text, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("half a character in it") from None
    except RecursionError:
        raise ValueError("it goes too deep") from None
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
