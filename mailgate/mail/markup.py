"""HTML as mail programs really write it, cut into tags and text. Total, linear, and it builds no tree.

Follows the tokenizer of the HTML standard (WHATWG 13.2.5) where that loses nothing a person wrote: a comment, a
script or a quoted value that never ends hides nothing here, and an address in angle brackets is text.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9_-]{0,40}+(?::[a-zA-Z0-9_-]{1,40}+)?+)(?=[\s/>])")
_WHOLE_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9_-]{0,40}+(?::[a-zA-Z0-9_-]{1,40}+)?+)\s{0,20}+/?>")
_ATTRIBUTE = re.compile(  # a value that opens a quote and finds no end within 20,000 characters ends at the next blank
    r"""[\s/]*+(?:(>)|([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]{0,20000}+)"|'([^']{0,20000}+)'|([^\s>]*+)))?)"""
)
_MOST_ATTRIBUTES = 100
_UNREAD = frozenset("script style title template iframe noembed noframes xml".split())
_LEADING_ZEROS = re.compile(r"&#(x?)0++(?=[0-9a-f])", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"&#(?:\d{8,}+|x[0-9a-f]{7,}+);?", re.IGNORECASE)


@dataclass(slots=True)
class Tag:
    """A tag, its name and its attributes' names in lower case; `unread` is what stands in a style or a script."""

    name: str
    closing: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    unread: str = ""


def tokens(document: str) -> Iterator[Tag | str]:
    """The tags, and the text between them with its entities resolved, in order. Comments go, conditional ones too."""
    at, end = 0, len(document)
    unclosed: set[str] = set()  # what is never closed any more: looking again and again would be quadratic
    while at < end:
        start = document.find("<", at)
        if start < 0:
            break
        if start > at:
            yield unescape(document[at:start])
        if document.startswith(("<!", "<?"), start):
            at = _after_declaration(document, start, unclosed)
            continue
        found = _WHOLE_TAG.match(document, start)
        if found:
            tag, at = Tag(found[2].lower(), bool(found[1])), found.end()
        elif found := _TAG.match(document, start):
            tag = Tag(found[2].lower(), bool(found[1]))
            at = _attributes(document, found.end(), tag)
            if at < 0:  # the document ends inside the tag
                at = start
                break
        else:
            yield "<"
            at = start + 1
            continue
        if tag.name in _UNREAD and not tag.closing and tag.name not in unclosed:
            at = _after_unread(document, at, tag, unclosed)
        yield tag
    if at < end:
        yield unescape(document[at:])


def unescape(text: str) -> str:
    """Character references resolved; a number that no character has is U+FFFD, however long it is."""
    if "&" not in text:
        return text
    if "&#" in text:
        text = _LONG_NUMBER.sub("\ufffd", _LEADING_ZEROS.sub(r"&#\1", text))
    return html.unescape(text)


def _after_declaration(document: str, start: int, unclosed: set[str]) -> int:
    if document.startswith("<!--", start):
        if document.startswith((">", "->"), start + 4):
            return document.index(">", start) + 1
        end = -1 if "--" in unclosed else document.find("-->", start + 4)
        if end < 0:
            unclosed.add("--")
            return start + 4
        return end + 3
    end = -1 if ">" in unclosed else document.find(">", start)
    if end < 0:
        unclosed.add(">")
        return start + 2
    return end + 1


def _attributes(document: str, at: int, tag: Tag) -> int:
    """Fill the tag's attributes; where the tag ends, or -1 where it does not."""
    for _ in range(_MOST_ATTRIBUTES):
        found = _ATTRIBUTE.match(document, at)
        if found is None:
            return -1
        if found[1]:
            return found.end()
        value = found[3] or found[4] or found[5] or ""
        tag.attributes.setdefault(found[2].lower(), unescape(value))
        at = found.end()
    return document.find(">", at) + 1 or -1


def _after_unread(document: str, at: int, tag: Tag, unclosed: set[str]) -> int:
    closing = re.compile(f"</{tag.name}(?=[\\s/>])", re.IGNORECASE).search(document, at)
    if closing is None:
        unclosed.add(tag.name)
        return at
    tag.unread = document[at : closing.start()]
    return closing.start()
