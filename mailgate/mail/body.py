"""The text of a mail: which parts it is made of, decoded, and split into new, quoted and signature (spec/mail.md 1, 2).

Of a multipart/alternative the plain text counts, unless it is blank; HTML alone is rendered. All text parts of a
multipart/mixed follow each other in order. Never fails; whatever is no body text is an attachment.
"""

import re
from dataclasses import dataclass

from mailgate.mail import charset
from mailgate.mail.alternative import marked_by_html
from mailgate.mail.flowed import unflow
from mailgate.mail.html import to_text
from mailgate.mail.marked_html import mark, read_marks, without_marks
from mailgate.mail.message import Body
from mailgate.mail.parts import Part
from mailgate.mail.split import split

LONGEST_TEXT = 4_000_000  # characters

_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[a-z0-9-]{1,30})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Read:
    """The body, the parts that are not of it, and what was odd."""

    body: Body
    attached: tuple[Part, ...]
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    part: Part
    text: str
    charset: str
    blank: bool

    @property
    def is_html(self) -> bool:
        return self.part.content_type == "text/html"


def read_body(raw: bytes, parts: tuple[Part, ...], language: str = "") -> Read:
    """The body of a mail whose leaves are `parts`; `language` is what Content-Language says."""
    defects: list[str] = []
    texts = [_decoded(raw, part, defects) for part in parts if is_body(part)]
    with_plain = {_group(each.part) for each in texts if not each.is_html and not each.blank}
    shown = [each for each in texts if not each.is_html or not (_group(each.part) and _group(each.part) in with_plain)]
    text, marked = read_marks("\n".join(filter(None, (_readable(each) for each in shown))))
    if len(text) > LONGEST_TEXT:
        defects.append(f"text over {LONGEST_TEXT:,} characters: cut")
        text = text[:LONGEST_TEXT]
    html = [each.text for each in texts if each.is_html]
    pieces = split(text, marked)
    if pieces.split != "sure" and html and not any(each.is_html for each in shown):
        pieces = split(text, marked_by_html(text, html[0]))
    body = Body(
        text=text,
        new_text=pieces.new_text,
        quoted_text=pieces.quoted_text,
        signature=pieces.signature,
        split=pieces.split,
        html="\n".join(html) if html else None,
        charset=next((each.charset for each in shown if not each.blank), texts[0].charset if texts else None),
        language=_primary(language),
    )
    return Read(body, tuple(part for part in parts if not is_body(part)), tuple(defects))


def is_body(part: Part) -> bool:
    """Whether a leaf is text of the mail itself, rather than a file that is text."""
    if part.content_type not in ("text/plain", "text/html") or part.disposition == "attachment":
        return False
    if any(subtype == "related" and not _is_first(part.path, path) for path, subtype in part.parents):
        return False  # only the first part of a multipart/related is shown by itself (RFC 2387 3.2)
    return not part.filename or not part.parents or part.parents[-1][1] == "alternative"


def _readable(each: _Text) -> str:
    return to_text(without_marks(each.text), mark) if each.is_html else without_marks(each.text)


def _is_first(path: str, parent: str) -> bool:
    return path.removeprefix(f"{parent}.").partition(".")[0] == "1"


def _group(part: Part) -> str:
    """The innermost multipart/alternative around a leaf, by path; "" where there is none."""
    return next((path or "root" for path, subtype in reversed(part.parents) if subtype == "alternative"), "")


def _decoded(raw: bytes, part: Part, defects: list[str]) -> _Text:
    octets, defect = part.content(raw)
    label = part.charset
    if label is None and part.content_type == "text/html" and (meta := _META_CHARSET.search(octets[:2048])):
        label = meta[1].decode("ascii")
    decoded = charset.decode(octets, label)
    defects += [f"part {part.path}: {each}" for each in (defect, decoded.defect) if each]
    text = charset.clean(decoded.text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.content_type == "text/plain" and part.parameter("format").lower() == "flowed":
        text = unflow(text, part.parameter("delsp").lower() == "yes")
    return _Text(part, text, decoded.charset, not text.strip())


def _primary(language: str) -> str:
    tag = _LANGUAGE.fullmatch(language.partition(",")[0].strip())
    return tag[1].lower() if tag else "und"
