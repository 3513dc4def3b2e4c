"""The text of a mail: which parts it is made of, decoded, and split into new, quoted and signature (spec/mail.md 1, 2).

Of a multipart/alternative the plain text counts, unless it is blank or says less (`mail.alternatives`); HTML alone is
rendered, and what it hides is put away with what was quoted. All text parts of a multipart/mixed follow each other in
order. Never fails; whatever is no body text is an attachment.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailgate.mail import charset
from mailgate.mail.alternative import marked_by_html
from mailgate.mail.alternatives import DIFFER, HIDES, choose, says_something
from mailgate.mail.flowed import unflow
from mailgate.mail.html import LARGEST_READ, MOST_TAGS, Rendered
from mailgate.mail.language import detect
from mailgate.mail.marked_html import lay_out, read_marks, without_signs
from mailgate.mail.message import Body
from mailgate.mail.parts import Part
from mailgate.mail.split import split

LONGEST_TEXT = 4_000_000  # characters
LONGEST_HIDDEN = 20_000

_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)


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
    shown, rendered = _shown(texts, defects)
    joined = "\n".join(
        filter(None, (rendered[each.part].text if each.is_html else without_signs(each.text) for each in shown))
    )
    text, marked = read_marks(joined)
    if len(text) > LONGEST_TEXT:
        defects.append(f"text over {LONGEST_TEXT:,} characters: cut")
        text = text[:LONGEST_TEXT]
    html = [each.text for each in texts if each.is_html]
    pieces = split(text, marked)
    if pieces.split != "sure" and html and not any(each.is_html for each in shown):
        pieces = split(text, marked_by_html(text, html[0]))
    hidden = _hidden(rendered.values())
    body = Body(
        text=f"{text}\n\n{hidden}" if hidden else text,
        new_text=pieces.new_text,
        quoted_text=f"{pieces.quoted_text}\n\n{hidden}".lstrip("\n") if hidden else pieces.quoted_text,
        signature=pieces.signature,
        split=pieces.split,
        html="\n".join(html) if html else None,
        charset=next((each.charset for each in shown if not each.blank), texts[0].charset if texts else None),
        language=detect(pieces.new_text, language),
    )
    return Read(body, tuple(part for part in parts if not is_body(part)), tuple(defects))


def _shown(texts: list[_Text], defects: list[str]) -> tuple[list[_Text], dict[Part, Rendered]]:
    """The texts that are read, in order, and those of them that are HTML as text."""
    plain: dict[str, list[_Text]] = {}
    for each in texts:
        if not each.is_html and not each.blank and _group(each.part):
            plain.setdefault(_group(each.part), []).append(each)
    replaced: set[str] = set()
    rendered: dict[Part, Rendered] = {}
    most_tags = MOST_TAGS  # of all HTML together
    for each in (each for each in texts if each.is_html):
        group = _group(each.part)
        beside = plain.get(group, [])
        if not beside:
            rendered[each.part] = lay_out(each.text, most_tags)
            most_tags = max(0, most_tags - each.text.count("<"))
            continue
        choice = choose("\n".join(other.text for other in beside), each.text, most_tags)
        most_tags = max(0, most_tags - each.text.count("<"))
        defects += [DIFFER] if choice.differ else []
        defects += [HIDES] if choice.hidden and not choice.html else []
        if choice.html:
            rendered[each.part] = choice.html
            replaced.add(group)
    defects += [HIDES] if any(says_something(each.hidden) for each in rendered.values()) else []
    defects += ["HTML too long: read in part"] if any(len(each.text) > LARGEST_READ for each in texts) else []
    shown = [each for each in texts if (each.part in rendered if each.is_html else _group(each.part) not in replaced)]
    return shown, rendered


def _hidden(rendered: Iterable[Rendered]) -> str:
    """What HTML hides, marked as such; nothing where it only fills."""
    words = " ".join(each.hidden for each in rendered if says_something(each.hidden) and each.hidden not in each.text)
    return f"[hidden in the HTML: {words[:LONGEST_HIDDEN]}]" if words else ""


def is_body(part: Part) -> bool:
    """Whether a leaf is text of the mail itself, rather than a file that is text."""
    if part.content_type not in ("text/plain", "text/html") or part.disposition == "attachment":
        return False
    if any(subtype == "related" and not _is_first(part.path, path) for path, subtype in part.parents):
        return False  # only the first part of a multipart/related is shown by itself (RFC 2387 3.2)
    return not part.filename or not part.parents or part.parents[-1][1] == "alternative"


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
