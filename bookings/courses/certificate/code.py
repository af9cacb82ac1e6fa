"""An address as a QR with its quiet zone, for print."""

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage

# The QR standard asks for four light modules around the code.
_QUIET_ZONE = 4


def qr_svg(text: str) -> bytes:
    """A QR as one SVG path."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    return bytes(code.make_image(image_factory=SvgPathImage).to_string(encoding="utf-8"))
