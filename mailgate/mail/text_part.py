"""The parts that are text of the mail itself, decoded (spec/mail.md 1). Total; whatever is no body text is a file."""

import re
from dataclasses import dataclass

from mailgate.mail import charset
from mailgate.mail.charset_labels import codec_for
from mailgate.mail.flowed import unflow
from mailgate.mail.part import Part
from mailgate.mail.transfer import FOOTER

LONGEST_TEXT = 4_000_000  # characters
LARGEST_TEXT = 4 * LONGEST_TEXT  # octets of one part
BEST, HTML, WORST = 0, 1, 9

TEXTS = {"text/plain": BEST, "text/html": HTML, "text/markdown": 2, "text/enriched": 3, "text/richtext": 3}

_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_ENRICHED_PARAMETER = re.compile(r"<param>[^<]{0,500}</param>", re.IGNORECASE)
_ENRICHED_MARK = re.compile(r"</?[A-Za-z0-9-]{1,60}>")
_ENRICHED_BREAK = re.compile(r"\n+")


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part with its text; HTML as it came."""

    part: Part
    text: str
    charset: str

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    @property
    def is_html(self) -> bool:
        return self.part.content_type == "text/html"

    @property
    def rank(self) -> int:
        """Which of several alternatives is read: BEST before all others."""
        return TEXTS.get(self.part.content_type, BEST)

    @property
    def alternatives(self) -> str:
        """The innermost multipart/alternative around it, by path; "" where there is none."""
        around = reversed(self.part.parents)
        return next((path or "root" for path, subtype in around if subtype == "alternative"), "")


def is_body(part: Part) -> bool:
    """Whether a leaf is text of the mail itself, rather than a file that is text."""
    if part.content_type not in TEXTS or part.disposition == "attachment" or part.of_tnef:
        return False
    if any(subtype == "related" and not _is_first(part.path, path) for path, subtype in part.parents):
        return False  # only the first part of a multipart/related is shown by itself (RFC 2387 3.2)
    return not part.filename or not part.parents or part.parents[-1][1] == "alternative"


def _is_first(path: str, parent: str) -> bool:
    return path.removeprefix(f"{parent}.").partition(".")[0] == "1"


def decoded(raw: bytes, part: Part, defects: list[str]) -> TextPart:
    """The text of a part, with LF line ends; what was odd is added to `defects`."""
    octets, defect = part.content(raw)
    if len(octets) > LARGEST_TEXT:
        defects.append(f"part {part.path}: text over {LARGEST_TEXT:,} octets: cut")
    label = _label(part, octets)
    found = charset.decode(octets[:LARGEST_TEXT], label)
    defects += [f"part {part.path}: {each}" for each in (defect, found.defect) if each]
    text = charset.clean(found.text)
    if defect == FOOTER:
        text += "\n" + charset.clean(charset.decode(part.footer(raw), label).text)
    if len(text) > LONGEST_TEXT and part.content_type != "text/html":  # HTML has more marks than text
        defects.append(f"text over {LONGEST_TEXT:,} characters: cut")
        text = text[:LONGEST_TEXT]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "=ybegin line=" in text:
        defects.append(f"part {part.path}: yEnc is not read: it stays in the text")
    return TextPart(part, _as_typed(part, text), found.charset)


def _label(part: Part, octets: bytes) -> str | None:
    label = part.charset
    unsaid = label is None or codec_for(label) in (None, "ascii")
    if unsaid and part.content_type == "text/html" and (meta := _META_CHARSET.search(octets[:2048])):
        return meta[1].decode("ascii")
    return label


def _as_typed(part: Part, text: str) -> str:
    """Without what a mail program put in: soft line ends (RFC 3676), marks of text/enriched (RFC 1896)."""
    if part.content_type == "text/plain" and part.parameter("format").lower() == "flowed":
        return unflow(text, part.parameter("delsp").lower() == "yes")
    if part.content_type in ("text/enriched", "text/richtext"):
        text = _ENRICHED_PARAMETER.sub("", text.replace("<nl>", "\n\n"))
        text = _ENRICHED_MARK.sub("", _ENRICHED_BREAK.sub(lambda found: found[0][1:] or " ", text))
        return text.replace("<<", "<")
    return text
