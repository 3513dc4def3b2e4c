"""The text of a mail: which parts it is made of, decoded, and split into new, quoted and signature (spec/mail.md 1, 2).

Of a multipart/alternative the plain text counts, unless it is blank; HTML alone is rendered. All text parts of a
multipart/mixed follow each other in order. Never fails; whatever is no body text is an attachment.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from mailgate.mail import charset
from mailgate.mail.calendar_text import summary
from mailgate.mail.charset_labels import codec_for
from mailgate.mail.flowed import unflow
from mailgate.mail.html import to_text
from mailgate.mail.message import Body
from mailgate.mail.part import Part
from mailgate.mail.split import split

LONGEST_TEXT = 4_000_000  # characters
LARGEST_TEXT = 4 * LONGEST_TEXT  # octets of one part

_TEXTS = {"text/plain": 0, "text/html": 1, "text/markdown": 2, "text/enriched": 3, "text/richtext": 3}
_CALENDAR = "text/calendar"
_STUB_WORDS = 60
_STUB_HTML = 2_000  # characters
_STUB_HTML_AT_MOST = 1_000_000
_STUBS = 20  # alternatives that are looked at

_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_ENRICHED_PARAMETER = re.compile(r"<param>[^<]{0,500}</param>", re.IGNORECASE)
_ENRICHED_MARK = re.compile(r"</?[A-Za-z0-9-]{1,60}>")
_ENRICHED_BREAK = re.compile(r"\n+")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[a-z0-9-]{1,30})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Read:
    """The body, the parts that are not of it, and what was odd."""

    body: Body
    attached: tuple[Part, ...]
    defects: tuple[str, ...]


@dataclass(frozen=True)
class _Text:
    part: Part
    text: str
    charset: str
    blank: bool

    @cached_property
    def rendered(self) -> str:
        """As a person reads it."""
        return to_text(self.text) if self.is_html else self.text

    @property
    def is_html(self) -> bool:
        return self.part.content_type == "text/html"

    @property
    def rank(self) -> int:
        """Which of several alternatives is read: 0 before all others."""
        return _TEXTS.get(self.part.content_type, 0)


def read_body(raw: bytes, parts: tuple[Part, ...], language: str = "") -> Read:
    """The body of a mail whose leaves are `parts`; `language` is what Content-Language says."""
    defects: list[str] = []
    texts = [_decoded(raw, part, defects) for part in parts if is_body(part)]
    if all(each.blank for each in texts):
        texts += [_decoded(raw, part, defects) for part in _instead(parts)]
    of_body = {each.part.path for each in texts}
    shown = _shown(texts, defects)
    pieces_of_text = [each.rendered for each in shown]
    pieces_of_text += (summary(_decoded(raw, part, defects).text) for part in parts if part.content_type == _CALENDAR)
    text = "\n".join(filter(None, pieces_of_text))
    if len(text) > LONGEST_TEXT:
        defects.append(f"text over {LONGEST_TEXT:,} characters: cut")
        text = text[:LONGEST_TEXT]
    html = [each.text for each in texts if each.is_html]
    pieces = split(text)
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
    return Read(body, tuple(part for part in parts if part.path not in of_body and not part.of_tnef), tuple(defects))


def _instead(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """What is read where no text of the mail itself says anything: winmail.dat's, or the first that is a named file."""
    named = (part for part in parts if part.content_type in _TEXTS and part.disposition != "attachment")
    return next(((part,) for part in (*(part for part in parts if part.of_tnef), *named) if not is_body(part)), ())


def is_body(part: Part) -> bool:
    """Whether a leaf is text of the mail itself, rather than a file that is text."""
    if part.content_type not in _TEXTS or part.disposition == "attachment" or part.of_tnef:
        return False
    if any(subtype == "related" and not _is_first(part.path, path) for path, subtype in part.parents):
        return False  # only the first part of a multipart/related is shown by itself (RFC 2387 3.2)
    return not part.filename or not part.parents or part.parents[-1][1] == "alternative"


def _shown(texts: list[_Text], defects: list[str]) -> list[_Text]:
    """Of each multipart/alternative the plain text, or HTML where that is blank or no more than a hint at it."""
    best: dict[str, int] = {}
    for each in texts:
        group = _group(each.part)
        if group and not each.blank:
            best[group] = min(best.get(group, len(_TEXTS)), each.rank)
    for group in [group for group, rank in best.items() if rank == 0][:_STUBS]:
        alternatives = [each for each in texts if _group(each.part) == group]
        if _is_stub([each for each in alternatives if each.rank == 0], [each for each in alternatives if each.is_html]):
            best[group] = 1
            defects.append("the plain text is a stub: the HTML was read")
    return [each for each in texts if not (group := _group(each.part)) or each.rank == best.get(group, each.rank)]


def _is_stub(plain: list[_Text], html: list[_Text]) -> bool:
    """Whether a newsletter's plain text says no more than that there is HTML: a few words, and others than those of it.

    A client that leaves the quotation out of its plain text has the writer's words in both.
    """
    words = " ".join(each.text for each in plain).split()
    if (
        not html
        or len(words) > _STUB_WORDS
        or not _STUB_HTML < sum(len(each.text) for each in html) < _STUB_HTML_AT_MOST
    ):
        return False
    in_html = " ".join(each.rendered for each in html).split()
    if len(in_html) < 4 * len(words) + 20:
        return False
    known = set(in_html)
    return sum(word in known for word in words) * 2 < len(words)


def _is_first(path: str, parent: str) -> bool:
    return path.removeprefix(f"{parent}.").partition(".")[0] == "1"


def _group(part: Part) -> str:
    """The innermost multipart/alternative around a leaf, by path; "" where there is none."""
    return next((path or "root" for path, subtype in reversed(part.parents) if subtype == "alternative"), "")


def _decoded(raw: bytes, part: Part, defects: list[str]) -> _Text:
    octets, defect = part.content(raw)
    label = part.charset
    unsaid = label is None or codec_for(label) in (None, "ascii")
    if unsaid and part.content_type == "text/html" and (meta := _META_CHARSET.search(octets[:2048])):
        label = meta[1].decode("ascii")
    if len(octets) > LARGEST_TEXT:
        defects.append(f"part {part.path}: text over {LARGEST_TEXT:,} octets: cut")
    decoded = charset.decode(octets[:LARGEST_TEXT], label)
    defects += [f"part {part.path}: {each}" for each in (defect, decoded.defect) if each]
    text = charset.clean(decoded.text)
    if len(text) > LONGEST_TEXT and part.content_type != "text/html":  # HTML has more marks than text
        defects.append(f"text over {LONGEST_TEXT:,} characters: cut")
        text = text[:LONGEST_TEXT]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.content_type == "text/plain" and part.parameter("format").lower() == "flowed":
        text = unflow(text, part.parameter("delsp").lower() == "yes")
    if "=ybegin line=" in text:
        defects.append(f"part {part.path}: yEnc is not read: it stays in the text")
    if part.content_type in ("text/enriched", "text/richtext"):
        text = _without_marks(text)
    return _Text(part, text, decoded.charset, not text.strip())


def _without_marks(text: str) -> str:
    """text/enriched (RFC 1896) and text/richtext as plain text: one line end is a blank, of more one goes."""
    text = _ENRICHED_PARAMETER.sub("", text.replace("<nl>", "\n\n"))
    text = _ENRICHED_MARK.sub("", _ENRICHED_BREAK.sub(lambda found: found[0][1:] or " ", text))
    return text.replace("<<", "<")


def _primary(language: str) -> str:
    tag = _LANGUAGE.fullmatch(language.partition(",")[0].strip())
    return tag[1].lower() if tag else "und"
