"""The text of a mail: which parts it is made of, and its split into new, quoted and signature (spec/mail.md 1, 2).

Of a multipart/alternative the plain text counts, unless it is blank or says less (`mail.alternatives`); HTML alone is
rendered, and what it hides is put away with what was quoted. All text parts of a multipart/mixed follow each other in
order, invitations in a few words. Never fails.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mailgate.mail.alternative import marked_by_html
from mailgate.mail.alternatives import DIFFER, HIDES, choose, says_something
from mailgate.mail.calendar_text import summary
from mailgate.mail.html import LARGEST_READ, MOST_TAGS, Rendered
from mailgate.mail.language import detect
from mailgate.mail.marked_html import lay_out, read_marks, without_signs
from mailgate.mail.message import Body
from mailgate.mail.occasion import ANY, Occasion
from mailgate.mail.outside import TOLD as OUTSIDE
from mailgate.mail.part import Part
from mailgate.mail.split import split
from mailgate.mail.text_part import BEST, HTML, LONGEST_TEXT, TEXTS, WORST, TextPart, decoded, is_body

LONGEST_HIDDEN = 20_000


@dataclass(frozen=True, slots=True)
class Read:
    """The body, the parts that are not of it, and what was odd."""

    body: Body
    attached: tuple[Part, ...]
    defects: tuple[str, ...]


def read_body(
    raw: bytes, parts: tuple[Part, ...], language: str = "", outside: str = "", occasion: Occasion = ANY
) -> Read:
    """The body of a mail whose leaves are `parts`; `language` is what Content-Language says, `occasion` its header.

    `outside`: the words that stand in none of them (`mail.outside`), which are put away, too.
    """
    defects: list[str] = [OUTSIDE] if outside else []
    texts = [decoded(raw, part, defects) for part in parts if is_body(part)]
    if all(each.is_blank for each in texts):
        texts += [decoded(raw, part, defects) for part in _instead(parts)]
    shown, rendered = _shown(texts, defects)
    pieces_of_text = [rendered[each.part].text if each.is_html else without_signs(each.text) for each in shown]
    invitations = (part for part in parts if part.content_type == "text/calendar")
    pieces_of_text += (summary(decoded(raw, part, defects).text) for part in invitations)
    if outside and not any(each.strip() for each in pieces_of_text):
        pieces_of_text, outside = [outside], ""  # all that somebody wrote stands where no part begins
    text, marked = read_marks("\n".join(filter(None, pieces_of_text)))
    if len(text) > LONGEST_TEXT:
        defects.append(f"text over {LONGEST_TEXT:,} characters: cut")
        text = text[:LONGEST_TEXT]
    html = [each.text for each in texts if each.is_html]
    pieces = split(text, marked, occasion)
    if pieces.split != "sure" and html and not any(each.is_html for each in shown):
        beside = marked_by_html(text, html[0])
        pieces = split(text, beside, occasion) if beside != marked else pieces
    aside = "\n\n".join(filter(None, (_hidden(rendered.values()), outside and f"[outside the parts: {outside}]")))
    body = Body(
        text=f"{text}\n\n{aside}" if aside else text,
        new_text=pieces.new_text,
        quoted_text=f"{pieces.quoted_text}\n\n{aside}".lstrip("\n") if aside else pieces.quoted_text,
        signature=pieces.signature,
        split=pieces.split,
        html="\n".join(html) if html else None,
        charset=next((each.charset for each in shown if not each.is_blank), texts[0].charset if texts else None),
        language=detect(pieces.new_text, language),
    )
    of_body = {each.part.path for each in texts}
    return Read(body, tuple(part for part in parts if part.path not in of_body and not part.of_tnef), tuple(defects))


def _instead(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """What is read where no text of the mail itself says anything: winmail.dat's, or the first that is a named file."""
    named = (part for part in parts if part.content_type in TEXTS and part.disposition != "attachment")
    return next(((part,) for part in (*(part for part in parts if part.of_tnef), *named) if not is_body(part)), ())


def _shown(texts: list[TextPart], defects: list[str]) -> tuple[list[TextPart], dict[Part, Rendered]]:
    """The texts that are read, in order, and those of them that are HTML as text."""
    best = _best(texts)
    rendered: dict[Part, Rendered] = {}
    most_tags = MOST_TAGS  # of all HTML together
    for each in (each for each in texts if each.is_html):
        group = each.alternatives
        beside = [other.text for other in texts if group and other.alternatives == group and other.rank == BEST]
        if not group or best[group] != BEST:
            rendered[each.part] = lay_out(each.text, most_tags)
        else:
            choice = choose("\n".join(beside), each.text, most_tags)
            defects += [DIFFER] if choice.differ else []
            defects += [HIDES] if choice.hidden and not choice.html else []
            if choice.html:
                rendered[each.part] = choice.html
        most_tags = max(0, most_tags - each.text.count("<"))
    defects += [HIDES] if any(says_something(each.hidden) for each in rendered.values()) else []
    defects += ["HTML too long: read in part"] if any(len(each.text) > LARGEST_READ for each in texts) else []
    best |= {each.alternatives: HTML for each in texts if each.part in rendered and each.alternatives}
    shown = [each for each in texts if each.rank == best.get(each.alternatives, each.rank)]
    return [each for each in shown if not each.is_html or each.part in rendered], rendered


def _best(texts: list[TextPart]) -> dict[str, int]:
    """The best rank in each multipart/alternative of what says anything."""
    best: dict[str, int] = {}
    for each in texts:
        if group := each.alternatives:
            best[group] = min(best.get(group, WORST), WORST if each.is_blank else each.rank)
    return best


def _hidden(rendered: Iterable[Rendered]) -> str:
    """What HTML hides, marked as such; nothing where it only fills."""
    words = " ".join(each.hidden for each in rendered if says_something(each.hidden) and each.hidden not in each.text)
    return f"[hidden in the HTML: {words[:LONGEST_HIDDEN]}]" if words else ""
