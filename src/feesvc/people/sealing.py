"""How personal details are sealed: a key per subject, wrapped by a master key; hashes to search.

A sealed text is ``nonce (12 bytes) ‖ AES-256-GCM ciphertext and tag``. What it belongs to is
authenticated with it, so that nothing on record can be moved to another subject or field. From a
master key, HKDF-SHA256 makes one key per purpose; no key serves two.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from feesvc.people import BrokenSeal, WrongMasterKey
from feesvc.people.searching import Index

KEY_BYTES = 32
_NONCE_BYTES = 12


class MasterKey:
    """One master key, as the keys that are made from it. ``id`` names it and gives nothing away."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._secret = secret
        self._wrapping = self._made_for("wrap")
        self._blinding = self._made_for("fingerprint")
        self._searching: dict[str, bytes] = {}
        self.id = self._made_for("id")[:8].hex()

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"

    def wrap(self, key: bytes, owner: bytes) -> bytes:
        return seal(self._wrapping, key, b"key", owner)

    def unwrap(self, wrapped: bytes, owner: bytes) -> bytes:
        return unseal(self._wrapping, wrapped, b"key", owner)

    def digest(self, index: Index, form: str) -> bytes:
        """The keyed hash under which ``form`` is found in ``index``."""
        if index not in self._searching:
            self._searching[index] = self._made_for(f"search/{index}")
        return hmac.digest(self._searching[index], form.encode(), sha256)

    def blind(self, content: bytes) -> bytes:
        """A keyed hash of ``content``, to compare and nothing else."""
        return hmac.digest(self._blinding, content, sha256)

    def _made_for(self, purpose: str) -> bytes:
        info = f"feesvc/people/{purpose}/v1".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._secret)


class Keyring:
    """The master keys we were given: the first one seals, all of them open and search."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        keys = [MasterKey(secret) for secret in secrets]
        self.current = keys[0]
        self._by_id = {key.id: key for key in keys}

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._by_id)})"

    def digests(self, index: Index, form: str) -> list[tuple[str, bytes]]:
        """(key id, keyed hash) under every key, sorted: all writers take them in one order."""
        return sorted((key.id, key.digest(index, form)) for key in self._by_id.values())

    def blinds(self, content: bytes) -> tuple[bytes, ...]:
        """The keyed hash of ``content`` under every key, the current one first."""
        return tuple(key.blind(content) for key in self._by_id.values())

    def named(self, id: str) -> MasterKey:
        """Raises ``WrongMasterKey``."""
        if id not in self._by_id:
            raise WrongMasterKey(
                f"the master key {id} is on record, and we were given {', '.join(self._by_id)}: "
                "set FEESVC_PEOPLE_KEY or FEESVC_PEOPLE_KEY_PREVIOUS to it"
            )
        return self._by_id[id]


def new_key() -> bytes:
    """A key for one subject or one document."""
    return AESGCM.generate_key(bit_length=8 * KEY_BYTES)


def seal(key: bytes, content: bytes, *belongs_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, _bound(belongs_to))


def unseal(key: bytes, sealed: bytes, *belongs_to: bytes) -> bytes:
    """Raises ``BrokenSeal``."""
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _bound(belongs_to))
    except (InvalidTag, ValueError):
        raise BrokenSeal(
            "what is on record does not open with its own key: it was damaged, moved or changed"
        ) from None


def _bound(belongs_to: Sequence[bytes]) -> bytes:
    """Each part with its length, so that no two lists give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in belongs_to)
