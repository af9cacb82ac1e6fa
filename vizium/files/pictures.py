"""Photographs and scans: only the picture is kept, nothing that a phone wrote beside it."""

import io
import warnings

import pillow_heif
from PIL import Image, ImageOps

from vizium.kernel.errors import FieldError, InvalidInput

# A 12-megapixel phone photo is 4000 x 3000; 40 megapixels are a scan at 600 dpi. More is a bomb.
IMAGE_PIXELS_MAX = 40_000_000
_IMAGE_SIDE_MAX = 2400
_FORMATS = ("JPEG", "PNG", "HEIF")
pillow_heif.register_heif_opener()


def reencode(content: bytes, *, field: str) -> bytes:
    """The picture alone: upright, at most 2,400 pixels a side, without EXIF (place, device)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
            fits = image.width * image.height <= IMAGE_PIXELS_MAX
            upright = _on_white(ImageOps.exif_transpose(image)) if fits else None
    except Image.DecompressionBombError as error:
        raise InvalidInput([FieldError(field, "image_too_large")]) from error
    except Exception as error:  # Pillow raises many kinds for damaged pictures
        raise InvalidInput([FieldError(field, "image_damaged")]) from error
    if upright is None:
        raise InvalidInput([FieldError(field, "image_too_large")])
    upright.thumbnail((_IMAGE_SIDE_MAX, _IMAGE_SIDE_MAX))
    upright.info.clear()  # a comment would be written again
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency: black writing on nothing would become black on black."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground.convert("RGB")
