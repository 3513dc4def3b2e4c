"""An agent's new text as HTML for the customer: what she wrote now, sanitised, and proven to say what its text says.

The text decides (R57): commands, quotation and signature were cut from it already. HTML from which the same words
cannot be cut, or that is too deep or too long to be read (spec/dependencies.md 10), is made anew from the text. So a
customer who reads HTML is never told more or less than one who reads text. Total and linear.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from mailgate.mail.html import to_text
from mailgate.mail.quoted_html import cut_quotations, drop
from mailgate.mail.sanitise import DEEPEST, LARGEST, sanitise, travels
from mailgate.mail.text_html import html_of_text
from mailgate.mail.tree import lxml, parsed, written

_MOST_TRIES = 50  # places at which the new text could begin

_UNREAD = frozenset("script style title template noscript object iframe svg math select textarea".split())
_WEB = re.compile(r"https?://", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\[(?:cid:|image: ?|Bild: ?|imagen: ?)[^\]\n]{0,300}\]", re.IGNORECASE)
_TARGET = re.compile(r"<(?:https?://|mailto:)[^>\s]{1,4000}>", re.IGNORECASE)
_HREF = re.compile(r'<a href="(https?://[^"]*)"', re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+|[$%]|[^\x00-\x7f\w\s]")


def answer_html(html: str, new_text: str, cids: frozenset[str], commands: tuple[str, ...] = ()) -> str:
    """The HTML of the answer whose text is `new_text`.

    `html`: the body as it came. `cids`: the content ids, without brackets, of the images that go out with the answer.
    `commands`: the lines of the command block, which stand before the new text.
    """
    made = _cut_out(html, new_text, cids, commands) if new_text.strip() and len(html) <= LARGEST else ""
    return made if made and says_the_same(made, new_text) else html_of_text(new_text)


def says_the_same(html: str, text: str) -> bool:
    """Whether both have the same words in the same order, and no link leads where the text does not say."""
    said = _PLACEHOLDER.sub("", text) if "<img " in html else text
    shown = to_text(html)
    if _folded(shown) != _folded(said) and _folded(_TARGET.sub("", shown)) != _folded(_TARGET.sub("", said)):
        return False
    known = text.lower()
    return all(_core(target) in known for target in _HREF.findall(html))


def _core(address: str) -> str:
    return _WEB.sub("", unescape(address)).lower().rstrip("/")


def _folded(text: str) -> str:
    """The words without what mail programs write differently in text and in HTML: blanks, bullets, marks of emphasis.

    Signs of money and pictures are words.
    """
    found = _WORDS.findall(unicodedata.normalize("NFC", text))
    return "".join(word for word in found if word[0].isalnum() or word in "$%" or unicodedata.category(word)[0] == "S")


def _cut_out(html: str, new_text: str, cids: frozenset[str], commands: tuple[str, ...]) -> str:
    """The part of the HTML that says the new text, sanitised; nothing where there is none."""
    lxml()  # before the net below: a missing library is our fault, not the mail's
    try:
        body = parsed(html).find("body")
        if body is None or _depth(body) > DEEPEST:
            return ""
        cut_quotations(body)
        if not _keep_only(body, new_text, commands):
            return ""
        _dress(body, cids)
        inside = [written(child) for child in body]
        return sanitise("".join((escape(body.text or ""), *inside)), cids)
    except Exception:  # lxml raises many kinds on hostile markup; the text always works
        return ""


def _depth(tree: Any) -> int:
    deepest = depth = 0
    for event, _ in lxml().etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


@dataclass(slots=True)
class _Line:
    """A line of the text or tail of an element: its words, and where they begin among all words."""

    element: Any
    in_tail: bool
    text: str
    words: str
    start: int = 0


def _keep_only(body: Any, new_text: str, commands: tuple[str, ...]) -> bool:
    """Blank every line that is not of the new text. False where its words do not stand together."""
    lines = list(_lines(body))
    at = 0
    for line in lines:
        line.start = at
        at += len(line.words)
    words = "".join(line.words for line in lines)
    span = _span(words, new_text, _folded(" ".join(commands)), {line.start for line in lines} | {at})
    if span is None:
        return False
    kept: dict[tuple[Any, bool], list[str]] = {}
    for line in lines:
        pieces = kept.setdefault((line.element, line.in_tail), [])
        if span[0] <= line.start and line.start + len(line.words) <= span[1] and not _is_signature_line(line, span[1]):
            pieces.append(line.text)
    for (element, in_tail), pieces in kept.items():
        setattr(element, "tail" if in_tail else "text", "\n".join(pieces))
    return True


def _is_signature_line(line: _Line, end: int) -> bool:
    return line.start == end and line.text.strip() in ("--", "—", "__")


def _span(words: str, new_text: str, commands: str, borders: set[int]) -> tuple[int, int] | None:
    """Where the new text's words stand among all, from the beginning of a line to the end of one."""
    first = len(commands) if commands and words.startswith(commands) else 0
    bare = _PLACEHOLDER.sub("", new_text)
    for needle in dict.fromkeys((_folded(_TARGET.sub("", bare)), _folded(bare), _folded(new_text))):
        at = words.find(needle, first) if needle else -1
        for _ in range(_MOST_TRIES):
            if at in borders and at + len(needle) in borders:
                return at, at + len(needle)
            at = words.find(needle, at + 1) if at >= 0 else -1
            if at < 0:
                break
    return None


def _lines(body: Any) -> Iterator[_Line]:
    """All lines of text, in the order in which they are read."""
    stack: list[tuple[Any, bool]] = [(body, False)]
    while stack:
        element, in_tail = stack.pop()
        readable = isinstance(element.tag, str) and element.tag not in _UNREAD
        text = element.tail if in_tail else element.text if readable else None
        if text:
            yield from (_Line(element, in_tail, line, _folded(line)) for line in text.split("\n"))
        if readable and not in_tail:
            for child in reversed(element):
                stack += [(child, True), (child, False)]


def _dress(body: Any, cids: frozenset[str]) -> None:
    """Images that do not travel go, and what is empty at both ends; Outlook's paragraphs are lines."""
    for image in list(body.iter("img")):
        if not travels(image.get("src") or "", cids):
            drop(image)
    for paragraph in body.iter("p"):
        if "Mso" in (paragraph.get("class") or ""):  # only its style sheet took the space between them
            paragraph.tag = "div"
    _trim(body, first=True)
    _trim(body, first=False)


def _trim(element: Any, first: bool) -> None:
    """Without what is empty before the first or after the last word or image."""
    while (child := next(element.iterchildren(reversed=not first), None)) is not None:
        beside = element.text if first else child.tail
        if (beside or "").strip() or child.tag == "img":
            return
        if _is_blank(child):
            drop(child)
        else:
            element = child


def _is_blank(element: Any) -> bool:
    return next((False for text in element.itertext() if text.strip()), True) and element.find(".//img") is None
