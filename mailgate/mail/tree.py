"""A document as lxml's tree, and back. lxml is loaded when first needed: most mails bring their own plain text."""

import re
from typing import Any

_DOCUMENT_END = re.compile(r"</(?:body|html)\s{0,10}>", re.IGNORECASE)


def parsed(document: str) -> Any:
    """The tree. Raises many kinds of errors on hostile markup, MemoryError and lxml's own among them."""
    parser = lxml().html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    # Apple Mail writes a document before and after every file; lxml reads nothing beyond the end of the first.
    whole = _DOCUMENT_END.sub("", document)
    return lxml().html.document_fromstring(whole.encode("utf-8", "replace"), parser=parser)


def written(tree: Any) -> str:
    text: str = lxml().html.tostring(tree, encoding="unicode")
    return text


def lxml() -> Any:
    import lxml.etree  # type: ignore[import-untyped]  # published without types
    import lxml.html  # type: ignore[import-untyped]  # published without types

    return lxml
