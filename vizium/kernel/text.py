"""Text as people search and compare it: without diacritics, case and double spaces."""

import re
import unicodedata


def fold(text: str) -> str:
    """Fold for search: ``Ķīmijas  šovs`` becomes ``kimijas sovs``."""
    # Decomposed on both sides of the folding: a sign such as ℠ becomes letters only by the first.
    folded = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", letters).strip()


def one_line(text: str) -> str:
    """Trim, join lines and drop control characters, for names and subjects."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"\s+", " ", printable).strip()


def clean_text(text: str) -> str:
    """Keep line breaks, make other spaces plain, drop control characters, trim: for free text."""
    lines = re.split(r"\r\n?|\n", text)
    return "\n".join(
        "".join(c for c in re.sub(r"\s", " ", line) if c.isprintable()).rstrip() for line in lines
    ).strip()


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return re.findall(r"[a-z0-9]+", fold(text))
