"""Evidence files: the type is read from the content, images are re-encoded, names are hashes.

A file is stored under the SHA-256 of what we keep, outside the web root, so the same receipt sent
twice is one file, and its fingerprint says so.
"""

import hashlib
import os
import re
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from vizium.kernel.errors import FieldError, InvalidInput, NotFound

FILE_BYTES_MAX = 10_000_000
PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
XML = "application/xml"
# The brands by which a phone names a still picture, behind the length of its first box.
_HEIC = re.compile(rb"....ftyp(?:heic|heix|heim|heis|mif1)", re.DOTALL)
_ACTIVE_PDF = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|OpenAction|AA|RichMedia|XFA)(?![A-Za-z0-9_.:+-])"
)
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
# They start with pairs of numbers: which object, where in the stream.
_PACKED_OBJECTS = re.compile(rb"\s*[0-9]+\s+[0-9]+\s")
# Objects of a receipt unpack to some kB; what unpacks to more is not looked at further.
_UNPACKED_BYTES_MAX = 2_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is kept.

    `original_sha256` is of the bytes as sent (for "seen before"), `sha256` of the bytes as kept.
    """

    sha256: str
    original_sha256: str
    media_type: str
    size: int
    warnings: tuple[str, ...]


def store_evidence(folder: Path, content: bytes, *, field: str) -> StoredFile:
    """Check, clean and keep one evidence file.

    Args:
        content: 1..`FILE_BYTES_MAX` bytes.
        field: the form field that an error points to.

    Raises:
        InvalidInput: ``file_empty``, ``file_too_large``, ``file_type``, ``image_damaged`` or
            ``image_too_large``.
    """
    if not content:
        raise InvalidInput([FieldError(field, "file_empty")])
    if len(content) > FILE_BYTES_MAX:
        facts: dict[str, object] = {"most_mb": FILE_BYTES_MAX // 1_000_000}
        raise InvalidInput([FieldError(field, "file_too_large", facts)])
    media_type = sniff(content)
    if media_type is None:
        raise InvalidInput([FieldError(field, "file_type")])
    kept = content
    if media_type in {JPEG, PNG, HEIC}:
        from vizium.files.pictures import reencode  # noqa: PLC0415 - see docs/decisions/0017

        kept, media_type = reencode(content, field=field), JPEG
    notes = ("pdf_active",) if media_type == PDF and _is_active(content) else ()
    sha256 = hashlib.sha256(kept).hexdigest()
    _write(folder, sha256, kept)
    return StoredFile(sha256, hashlib.sha256(content).hexdigest(), media_type, len(kept), notes)


def read_file(folder: Path, sha256: str) -> bytes:
    """The bytes kept under a hash.

    Raises:
        NotFound: ``file``.
    """
    if not _SHA256.fullmatch(sha256) or not _path(folder, sha256).is_file():
        raise NotFound("file")
    return _path(folder, sha256).read_bytes()


def sniff(content: bytes) -> str | None:
    """The media type by content, or None for what is not accepted."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if _HEIC.match(content):
        return HEIC
    head = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    # An e-invoice has no DOCTYPE; what has one would make a parser fetch or swell.
    return XML if head.startswith(b"<?xml") and b"<!doctype" not in content.lower() else None


def _is_active(content: bytes) -> bool:
    """Whether a PDF runs, opens or carries something; a note for the reader, not a virus scan.

    Pictures inside are passed over, since any two letters turn up in them; packed objects are
    unpacked; and a name may be written with hex codes (``/J#53`` is ``/JS``).
    """
    objects = _PDF_STREAM.sub(b" ", content)
    unpacked = [_unpack(stream[1]) for stream in _PDF_STREAM.finditer(content)]
    readable = b" ".join([objects, *filter(_PACKED_OBJECTS.match, unpacked)])
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes.fromhex(code[1].decode()), readable)
    return _ACTIVE_PDF.search(plain) is not None


def _unpack(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, _UNPACKED_BYTES_MAX)
    except zlib.error:
        return b""


def _path(folder: Path, sha256: str) -> Path:
    assert _SHA256.fullmatch(sha256)
    return folder / sha256[:2] / sha256


def _write(folder: Path, sha256: str, content: bytes) -> None:
    path = _path(folder, sha256)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
