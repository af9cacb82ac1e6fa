import hashlib
import io
import struct
import zlib
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, PngImagePlugin

from vizium.files.service import (
    FILE_BYTES_MAX,
    HEIC,
    JPEG,
    PDF,
    PNG,
    XML,
    StoredFile,
    read_file,
    sniff,
    store_evidence,
)
from vizium.kernel.errors import InvalidInput, NotFound

PDF_PLAIN = b"%PDF-1.7\n1 0 obj <</Type /Catalog /Producer (AAPL)>> endobj\n%%EOF"


pillow_heif.register_heif_opener()


def picture(kind: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        store_evidence(folder, content, field="invoice")
    (error,) = refused.value.errors
    assert error.field == "invoice"
    assert list(folder.rglob("*")) == []
    return error.code


def kept_picture(folder: Path, content: bytes) -> Image.Image:
    stored = store_evidence(folder, content, field="invoice")
    assert stored.media_type == JPEG
    return Image.open(io.BytesIO(read_file(folder, stored.sha256)))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.4 ...", PDF),
        (picture("JPEG"), JPEG),
        (picture("PNG"), PNG),
        (picture("HEIF"), HEIC),
        (b"<?xml version='1.0'?><Invoice/>", XML),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Invoice/>", XML),
        (b"", None),
        (b"MZ\x90\x00", None),
        (b"PK\x03\x04", None),
        (b"GIF89a", None),
        (b"<!doctype html><script>alert(1)</script>", None),
        (b"<svg onload='alert(1)'/>", None),
        (b"<html>%PDF-1.4", None),
        (b" %PDF-1.4", None),
    ],
)
def test_type_is_read_from_the_content(content: bytes, media_type: str | None) -> None:
    assert sniff(content) == media_type


def test_evidence_is_kept_under_its_hash_and_read_back(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(PDF_PLAIN).hexdigest()

    stored = store_evidence(tmp_path, PDF_PLAIN, field="invoice")

    assert stored == StoredFile(sha256, sha256, PDF, len(PDF_PLAIN), ())
    assert read_file(tmp_path, sha256) == PDF_PLAIN
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [sha256]


def test_same_evidence_sent_twice_is_one_file(tmp_path: Path) -> None:
    first = store_evidence(tmp_path, picture("PNG"), field="invoice")
    second = store_evidence(tmp_path, picture("PNG"), field="invoice")

    assert first == second
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-" + b"x" * FILE_BYTES_MAX, "file_too_large"),
        (b"hello", "file_type"),
        (picture("GIF"), "file_type"),
        (b"\xff\xd8\xff" + b"\0" * 100, "image_damaged"),
        (picture("HEIF")[:200], "image_damaged"),
        (picture("PNG")[:60], "image_damaged"),
        (picture("JPEG", (500, 500))[:-300], "image_damaged"),
        (b"\x89PNG\r\n\x1a\n", "image_damaged"),
    ],
)
def test_evidence_that_cannot_be_taken_is_named_and_not_kept(
    tmp_path: Path, content: bytes, code: str
) -> None:
    assert refusal(tmp_path, content) == code


def bomb(width: int, height: int) -> bytes:
    """A PNG of one colour and one bit a pixel: millions of pixels in a few kB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = zlib.compress(b"\0" * (height * (1 + width // 8)), 9)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", lines), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("side", [12_000, 16_000, 30_000])
def test_picture_that_would_unpack_to_hundreds_of_megabytes_is_not_unpacked(
    tmp_path: Path, side: int
) -> None:
    content = bomb(side, side)
    assert len(content) < 200_000

    assert refusal(tmp_path, content) == "image_too_large"


def test_picture_is_kept_without_what_the_phone_wrote_into_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Anna Ozola, 4th grade"
    exif.get_ifd(0x8825)[1] = "N"
    photo = picture("JPEG", exif=exif, comment=b"<script>alert(1)</script>")

    stored = store_evidence(tmp_path, photo, field="invoice")

    kept = read_file(tmp_path, stored.sha256)
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}
    assert b"Ozola" not in kept
    assert b"script" not in kept
    assert stored.original_sha256 == hashlib.sha256(photo).hexdigest() != stored.sha256


def test_photo_of_a_phone_in_heic_is_kept_as_a_plain_picture(tmp_path: Path) -> None:
    kept = kept_picture(tmp_path, picture("HEIF", (300, 200)))

    assert (kept.format, kept.size) == ("JPEG", (300, 200))


def test_png_is_kept_without_its_texts(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("comment", "Anna Ozola")

    stored = store_evidence(tmp_path, picture("PNG", pnginfo=texts), field="invoice")

    assert b"Ozola" not in read_file(tmp_path, stored.sha256)


def test_what_hangs_behind_a_picture_is_cut_off(tmp_path: Path) -> None:
    polyglot = picture("JPEG") + b"PK\x03\x04 <script>alert(1)</script> %PDF-1.4"

    stored = store_evidence(tmp_path, polyglot, field="invoice")

    kept = read_file(tmp_path, stored.sha256)
    assert b"script" not in kept
    assert b"PDF" not in kept


def test_photo_taken_sideways_is_kept_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by 90 degrees

    assert kept_picture(tmp_path, picture("JPEG", (60, 40), exif=exif)).size == (40, 60)


def test_large_photo_is_shrunk(tmp_path: Path) -> None:
    assert kept_picture(tmp_path, picture("PNG", (4800, 1200))).size == (2400, 600)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_black_writing_on_nothing_stays_readable(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (10, 10, 30, 30))
    out = io.BytesIO()
    image.convert(mode).save(out, "PNG")

    kept = kept_picture(tmp_path, out.getvalue()).convert("L")

    assert kept.getpixel((2, 2)) > 240
    assert kept.getpixel((20, 20)) < 15


@pytest.mark.parametrize("mode", ["1", "L", "CMYK"])
def test_scans_of_every_kind_are_taken(tmp_path: Path, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (20, 20)).save(out, "JPEG" if mode != "1" else "PNG")

    assert kept_picture(tmp_path, out.getvalue()).mode == "RGB"


def pdf(inside: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj <<" + inside + b">> endobj\n%%EOF"


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/OpenAction <</S /JavaScript /JS (app.alert(1))>>"),
        pdf(b"/AA <</O 3 0 R>>"),
        pdf(b"/S/Launch/F(cmd.exe)"),
        pdf(b"/S /J#61vaScript"),
        pdf(b"/J#53 (x)"),
        pdf(b"/Names <</EmbeddedFiles 4 0 R>>"),
        pdf(
            b">> stream\n" + zlib.compress(b"7 0 <</S /JavaScript /T (\xc4)>>") + b"\nendstream <<"
        ),
    ],
)
def test_pdf_that_does_something_is_kept_with_a_note(tmp_path: Path, content: bytes) -> None:
    assert store_evidence(tmp_path, content, field="invoice").warnings == ("pdf_active",)


@pytest.mark.parametrize(
    "content",
    [
        PDF_PLAIN,
        pdf(b"/AAPL:Keywords (receipt) /JSomething 1 /Title (about JS and AA)"),
        pdf(b">> stream\n\xff\xd8 /JS /AA /JavaScript \x00 endstream <<"),
    ],
)
def test_pdf_that_only_looks_so_gets_no_note(tmp_path: Path, content: bytes) -> None:
    assert store_evidence(tmp_path, content, field="invoice").warnings == ()


def test_packed_bomb_in_a_pdf_is_not_unpacked_whole(tmp_path: Path) -> None:
    packed = zlib.compress(b"\0" * 50_000_000, 9)

    stored = store_evidence(
        tmp_path, pdf(b">> stream\n" + packed + b"\nendstream <<"), field="invoice"
    )

    assert stored.warnings == ()


@pytest.mark.parametrize(
    "name", ["", "0" * 64, "../" * 20 + "etc", "../" * 21 + "e", "0" * 63 + "\n", "A" * 64]
)
def test_name_that_is_no_hash_of_ours_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        read_file(tmp_path, name)
