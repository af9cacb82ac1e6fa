"""The signed pass of one class: a compact payload under Ed25519, small enough for a QR.

Anybody with the public key can check it without a line to the server, nobody without the private
one can make it; both are derived from the centre's secret key. 78 bytes leave the QR coarse enough
for an old phone.

```
 0      1        2           8         10     12       14
 | form | key id | reference | version | day  | pupils | signature (64) |
```
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_FORM = 1
_PREFIX = "VZ-"
_EPOCH = date(2020, 1, 1)
_PAYLOAD = struct.Struct(">Bs6sHHH")
_TOKEN_LENGTH = 104


@dataclass(frozen=True, slots=True)
class PassFacts:
    """What a pass says of itself; whether it still counts, only the centre's books know."""

    reference: str
    version: int
    local_date: date
    pupils: int


def sign_pass(facts: PassFacts, *, secret_key: str) -> str:
    """The text of a pass: 104 URL-safe characters."""
    key = _private_key(secret_key)
    payload = _PAYLOAD.pack(
        _FORM,
        _key_id(key),
        facts.reference.removeprefix(_PREFIX).encode(),
        min(facts.version, 0xFFFF),
        (facts.local_date - _EPOCH).days,
        facts.pupils,
    )
    return base64.urlsafe_b64encode(payload + key.sign(payload)).decode()


def read_pass(token: str, *, secret_key: str) -> PassFacts | None:
    """What a pass says, or None if this centre did not sign exactly that."""
    key = _private_key(secret_key)
    payload = _signed_payload(token, key)
    if payload is None:
        return None
    form, key_id, reference, version, days, pupils = _PAYLOAD.unpack(payload)
    if form != _FORM or key_id != _key_id(key):
        return None
    day = _EPOCH + timedelta(days=days)
    return PassFacts(_PREFIX + reference.decode(), version, day, pupils)


def _signed_payload(token: str, key: Ed25519PrivateKey) -> bytes | None:
    if len(token) != _TOKEN_LENGTH:
        return None
    try:
        content = base64.b64decode(token, altchars=b"-_", validate=True)
        payload, signature = content[: _PAYLOAD.size], content[_PAYLOAD.size :]
        key.public_key().verify(signature, payload)
    except (binascii.Error, ValueError, InvalidSignature):
        return None
    return payload


def _private_key(secret_key: str) -> Ed25519PrivateKey:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"vizium pass ed25519 1")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(secret_key.encode()))


def _key_id(key: Ed25519PrivateKey) -> bytes:
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(public).digest()[:1]
