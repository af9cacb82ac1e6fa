"""XML from outside, read without trust: no DTD, no entity, no network, no great depth.

Invoices and bank statements are plain trees. What declares a DOCTYPE wants a parser to fetch or to
swell, so it is refused as a whole, in whatever encoding it comes.
"""

from lxml import etree
from lxml.etree import _Element as Element

from vizium.kernel.errors import FieldError, InvalidInput

__all__ = ["Element", "children", "find", "parse_xml", "text_at"]


def parse_xml(content: bytes, *, field: str, bytes_max: int) -> Element:
    """The root of a document.

    Args:
        content: 1..`bytes_max` bytes.
        field: the form field that an error points to.

    Raises:
        InvalidInput: ``file_empty``, ``file_too_large``, ``xml_doctype`` or ``xml_damaged`` with
            ``line``.
    """
    if not content:
        raise InvalidInput([FieldError(field, "file_empty")])
    if len(content) > bytes_max:
        facts: dict[str, object] = {"most_mb": bytes_max // 1_000_000}
        raise InvalidInput([FieldError(field, "file_too_large", facts)])
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        facts = {"line": getattr(error, "lineno", None) or 1}
        raise InvalidInput([FieldError(field, "xml_damaged", facts)]) from error
    if root.getroottree().docinfo.doctype:
        raise InvalidInput([FieldError(field, "xml_doctype")])
    assert isinstance(root, Element)
    return root


def children(element: Element, path: str) -> list[Element]:
    """Elements at a path of local names such as ``Ntry/NtryDtls``, whatever their namespace."""
    found = [element]
    for name in path.split("/"):
        found = [child for parent in found for child in parent.iterchildren(f"{{*}}{name}")]
    return found


def find(element: Element, *paths: str) -> Element | None:
    """The first element at the first path that leads anywhere."""
    return next((found[0] for path in paths if (found := children(element, path))), None)


def text_at(element: Element, *paths: str) -> str:
    """The trimmed text at the first path that leads to any; else an empty one."""
    for path in paths:
        for found in children(element, path):
            if text := (found.text or "").strip():
                return text
    return ""
