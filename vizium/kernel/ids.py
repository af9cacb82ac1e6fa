"""Identifiers: sortable ids, references that can be read over the phone, secret tokens.

A secret is handed out once and stored only as its digest, so a stolen copy of the database signs
nobody in.
"""

import base64
import hashlib
import hmac
import re
import secrets
import threading
from datetime import datetime

from vizium.kernel.clock import to_epoch_ms

# Crockford's base 32: no I, L, O, U, so nothing is misread.
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Read over the phone and typed from paper: also without 0 and 1.
_SPOKEN = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_LENGTH = 6
REFERENCE = re.compile(rf"[A-Z]{{2}}-[{_SPOKEN}]{{{_REFERENCE_LENGTH}}}")
KEY = re.compile(r"[A-Za-z0-9_.:-]{8,80}")


class _Numbers:
    """Ever higher numbers of 128 bits, of which the upper 48 are a millisecond.

    Two acts of one request share their millisecond, and the audit trail still shows them in order.
    The step between them is random, so that no id tells its neighbours.
    """

    def __init__(self) -> None:
        self._latest = 0
        self._one_at_a_time = threading.Lock()

    def draw(self, milliseconds: int) -> int:
        with self._one_at_a_time:
            if self._latest >> 80 == milliseconds:
                self._latest += 1 + secrets.randbits(40)
            else:
                self._latest = (milliseconds << 80) | secrets.randbits(79)
            return self._latest


_numbers = _Numbers()


def new_id(now: datetime) -> str:
    """A ULID: 26 characters, sorted by the instant and then by the order in which it was made.

    Source:
        github.com/ulid/spec: 48 bits of milliseconds, then 80 bits of randomness, which count on
        within one millisecond ("monotonicity").
    """
    number = _numbers.draw(to_epoch_ms(now))
    return "".join(_BASE32[(number >> shift) & 31] for shift in range(125, -5, -5))


def new_reference(prefix: str) -> str:
    """A reference such as ``VZ-7K3QM9``: 30**6 = 729 million values under a UNIQUE constraint."""
    assert re.fullmatch(r"[A-Z]{2}", prefix)
    return prefix + "-" + "".join(secrets.choice(_SPOKEN) for _ in range(_REFERENCE_LENGTH))


def parse_reference(text: str) -> str | None:
    """What a person typed as a reference, in its stored form, or None if it is not one."""
    compact = re.sub(r"[\s-]+", "", text.upper())
    candidate = f"{compact[:2]}-{compact[2:]}"
    return candidate if REFERENCE.fullmatch(candidate) else None


def new_token() -> str:
    """A secret of 256 bits for a cookie, a link or an API client."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The hex SHA-256 under which a secret is stored; it has full entropy, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fingerprint(content: bytes) -> str:
    """The hex SHA-256 by which two bodies are told apart."""
    return hashlib.sha256(content).hexdigest()


def sign(secret_key: str, purpose: str, subject: str) -> str:
    """The signature that makes a link to `subject` good for `purpose`: 128 bits, URL-safe.

    Args:
        secret_key: the centre's `VIZIUM_SECRET_KEY`.
        purpose: e.g. ``manage-visit``; a signature for one purpose is good for no other.
    """
    message = f"{purpose}\0{subject}".encode()
    mac = hmac.new(secret_key.encode(), message, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def is_signed(secret_key: str, purpose: str, subject: str, *, signature: str) -> bool:
    """Whether a signature is ours, compared in constant time."""
    return hmac.compare_digest(sign(secret_key, purpose, subject).encode(), signature.encode())
