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
import struct
from dataclasses import dataclass
from datetime import date, timedelta

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
    from bookings.visits.passes.signature import PassKey  # noqa: PLC0415 - see docs/decisions/0017

    key = PassKey(secret_key)
    payload = _PAYLOAD.pack(
        _FORM,
        key.id,
        facts.reference.removeprefix(_PREFIX).encode(),
        min(facts.version, 0xFFFF),
        (facts.local_date - _EPOCH).days,
        facts.pupils,
    )
    return base64.urlsafe_b64encode(payload + key.sign(payload)).decode()


def read_pass(token: str, *, secret_key: str) -> PassFacts | None:
    """What a pass says, or None if this centre did not sign exactly that."""
    from bookings.visits.passes.signature import PassKey  # noqa: PLC0415 - see docs/decisions/0017

    content = _content(token)
    if content is None:
        return None
    key = PassKey(secret_key)
    payload, signature = content[: _PAYLOAD.size], content[_PAYLOAD.size :]
    if not key.has_signed(payload, signature):
        return None
    form, key_id, reference, version, days, pupils = _PAYLOAD.unpack(payload)
    if form != _FORM or key_id != key.id:
        return None
    day = _EPOCH + timedelta(days=days)
    return PassFacts(_PREFIX + reference.decode(), version, day, pupils)


def _content(token: str) -> bytes | None:
    if len(token) != _TOKEN_LENGTH:
        return None
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
