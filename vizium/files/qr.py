"""Any text as a QR with its quiet zone: one SVG path for print, a PNG for a phone's screen."""

from io import BytesIO

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage

# The QR standard asks for four light modules around the code.
_QUIET_ZONE = 4


def qr_svg(text: str) -> bytes:
    """A QR as one SVG path with its quiet zone, for print."""
    code = _code(text)
    return bytes(code.make_image(image_factory=SvgPathImage).to_string(encoding="utf-8"))


def qr_png(text: str, *, module_px: int = 8) -> bytes:
    """A QR as PNG with its quiet zone, for a phone's screen."""
    code = _code(text)
    code.box_size = module_px
    file = BytesIO()
    code.make_image(image_factory=PilImage).save(file, format="PNG")
    return file.getvalue()


def _code(text: str) -> "qrcode.QRCode[PilImage]":
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    return code
