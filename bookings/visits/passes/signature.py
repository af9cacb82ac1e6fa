"""The key of the passes: Ed25519, derived from the centre's secret key.

A module of its own because cryptography brings an OpenSSL of 6 MB: it is imported where a pass is
signed or read.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class PassKey:
    """Signs and checks; `id` is the byte by which a pass names its key."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(SHA256(), length=32, salt=None, info=b"vizium pass ed25519 1")
        self._private = Ed25519PrivateKey.from_private_bytes(derived.derive(secret_key.encode()))
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(public).digest()[:1]

    def sign(self, payload: bytes) -> bytes:
        """The 64 bytes of a signature."""
        return self._private.sign(payload)

    def has_signed(self, payload: bytes, signature: bytes) -> bool:
        """Whether this key made the signature of exactly this payload."""
        try:
            self._private.public_key().verify(signature, payload)
        except InvalidSignature:
            return False
        return True
