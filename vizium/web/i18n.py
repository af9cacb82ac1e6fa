"""Latvian and English from gettext catalogues kept as text, one PO file an area.

The PO files are compiled in memory at the start, so what a translator edits is what runs. Error
codes and enums are dotted msgids (``error.not_found``, ``visit_state.held``) in every catalogue;
sentences of pages are English msgids.
"""

import gettext
import io
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("lv", "en")
DEFAULT_LANGUAGE = "lv"
LOCALE_FOLDER = Path(__file__).parent.parent / "locale"
# CLDR's rule for Latvian; gettext's usual formula is wrong for 10-20.
_PLURALS = {
    "lv": "nplurals=3; plural=(n%10==0 || (n%100>=11 && n%100<=19) ? 0"
    " : n%10==1 && n%100!=11 ? 1 : 2);",
    "en": "nplurals=2; plural=(n != 1);",
}
# RFC 9110, 12.5.4: spaces may stand around the semicolon; quality 0 means "not this one".
_WISH = re.compile(r"(?P<name>[a-z]+)(?:-[a-z0-9-]+)?(?:\s*;\s*q=(?P<q>[01](?:\.[0-9]{0,3})?))?")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Translator:
    """The sentences of one language."""

    lang: str
    catalogue: gettext.NullTranslations

    def t(self, msgid: str, /, **facts: object) -> str:
        """A sentence, its ``%(name)s`` filled."""
        return fill(self.catalogue.gettext(msgid), facts)

    def n(self, singular: str, plural: str, count: int, /, **facts: object) -> str:
        """A sentence that depends on a count, which it may name as ``%(num)s``."""
        sentence = self.catalogue.ngettext(singular, plural, count)
        return fill(sentence, {"num": count, **facts})

    def code(self, group: str, code: str, /, **facts: object) -> str:
        """The sentence of a code, e.g. ``code("error", "not_found")``; the code if none stands."""
        msgid = f"{group}.{code}"
        sentence = self.catalogue.gettext(msgid)
        if sentence == msgid:
            _log.warning("no sentence for %s in %s", msgid, self.lang)
            return code.replace("_", " ")
        return fill(sentence, {name: self._said(name, fact) for name, fact in facts.items()})

    def _said(self, name: str, fact: object) -> object:
        """A fact; several codes one by one, in words where there are some (``grades.0``)."""
        if not isinstance(fact, tuple):
            return fact
        named = [(f"{name}.{code}", self.catalogue.gettext(f"{name}.{code}")) for code in fact]
        pairs = zip(named, fact, strict=True)
        return ", ".join(str(code) if said == msgid else said for (msgid, said), code in pairs)

    def problem(self, field: str, code: str, /, **facts: object) -> str:
        """What is wrong with a field; an empty one may have its own words (``missing.email``)."""
        msgid = f"missing.{field}"
        sentence = self.catalogue.gettext(msgid)
        if code != "missing" or sentence == msgid:
            return self.code("field", code, **facts)
        return sentence


def fill(sentence: str, facts: Mapping[str, object]) -> str:
    """Fill ``%(name)s`` where facts are given; a fact that is missing shows as its name."""
    return sentence % _Facts(facts) if "%" in sentence else sentence


class _Facts(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return name


@cache
def translator(lang: str) -> Translator:
    """The translator of a language of `LANGUAGES`."""
    assert lang in LANGUAGES
    return Translator(lang, _compile(lang))


def choose_language(accepted: str) -> str:
    """The first of our languages in an Accept-Language header, else Latvian.

    Args:
        accepted: such as ``en-GB,en;q=0.9,lv;q=0.5``.
    """
    wishes = [_WISH.fullmatch(part.strip()) for part in accepted[:200].lower().split(",")]
    weights = [(float(wish["q"] or 1), wish["name"]) for wish in wishes if wish]
    known = [weighed for weighed in weights if weighed[1] in LANGUAGES and weighed[0] > 0]
    return max(known, key=lambda weighed: weighed[0])[1] if known else DEFAULT_LANGUAGE


def _compile(lang: str) -> gettext.NullTranslations:
    whole = Catalog(locale=lang)
    whole.mime_headers = [("Plural-Forms", _PLURALS[lang])]
    for file in sorted((LOCALE_FOLDER / lang).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=lang, abort_invalid=True):
                if message.id and message.string:
                    whole[message.id] = message
    whole.fuzzy = False
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
