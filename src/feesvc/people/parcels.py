"""Details on their way into the database and out of it: fields sealed, and hashed for search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from feesvc.people.details import Details, RefundAccount, SignIn, Value
from feesvc.people.sealing import Keyring, seal, unseal
from feesvc.people.searching import Index, index_forms, indexes_of

_COMPOUND: Mapping[str, type[RefundAccount | SignIn]] = {
    "refund_account": RefundAccount,
    "sign_in": SignIn,
}


@cache
def sql(name: str) -> bytes:
    """The statement in ``sql/<name>.sql``."""
    return files("feesvc.people").joinpath("sql", f"{name}.sql").read_bytes()


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is written of one subject: each given field sealed, each index row hashed."""

    subject: UUID
    sealed: Mapping[str, bytes]
    hashes: list[tuple[Index, str, bytes]]
    """(index, id of the master key, keyed hash)"""
    replaced: list[Index]
    """Indexes whose older rows of this subject no longer hold."""

    def as_parameters(self) -> dict[str, Any]:
        """The parameters of ``create.sql`` and ``write.sql``."""
        return {
            "subject": self.subject,
            "fields": list(self.sealed),
            "sealed": list(self.sealed.values()),
            "indexes": [index for index, _, _ in self.hashes],
            "key_ids": [key_id for _, key_id, _ in self.hashes],
            "digests": [digest for _, _, digest in self.hashes],
            "replaced": self.replaced,
        }


def pack(subject: UUID, details: Details, key: bytes, keys: Keyring) -> Parcel:
    """Checked details, sealed under the subject's own key."""
    sealed: dict[str, bytes] = {
        field: seal(key, _encoded(value), b"field", subject.bytes, field.encode())
        for field, value in details.given()
    }
    hashes = [
        (index, key_id, digest)
        for index, form in index_forms(details)
        for key_id, digest in keys.digests(index, form)
    ]
    return Parcel(subject, sealed, hashes, indexes_of(details))


def unpack(subject: UUID, sealed: Mapping[str, bytes], key: bytes) -> Details:
    """Raises ``BrokenSeal``."""
    opened: dict[str, Any] = {
        field: _decoded(field, unseal(key, text, b"field", subject.bytes, field.encode()))
        for field, text in sealed.items()
    }
    return Details(**opened)


def _encoded(value: Value) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return json.dumps(asdict(value), ensure_ascii=False).encode()


def _decoded(field: str, content: bytes) -> Value:
    if field in _COMPOUND:
        return _COMPOUND[field](**json.loads(content))
    return content.decode()
