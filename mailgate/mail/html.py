"""HTML to the text that a person would have typed, and what it hides. Never fails, never fetches, bounded in time.

A document of more tags or characters than any mail needs is not laid out: its tags are stripped in one linear pass.
"""

import re
from dataclasses import dataclass

from mailgate.mail.layout import Layout
from mailgate.mail.markup import Tag, tokens, unescape

LARGEST = 2_000_000  # characters that are laid out; more is stripped
MOST_TAGS = 30_000
LARGEST_READ = 8_000_000  # characters that are read at all
_READ_PER_TAG = 6  # so many times MOST_TAGS are told apart; of more, everything in angle brackets goes

_BLOCK = frozenset(
    "p div br tr table li ul ol blockquote hr h1 h2 h3 h4 h5 h6 section article header footer pre dd dt".split()
)
_BLANKS = re.compile(r"[ \t\xa0]+")
_ANY_TAG = re.compile(r"<[^<>]*+>")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text that is seen, and the words that are in the document and are not."""

    text: str
    hidden: str = ""


def to_text(document: str) -> str:
    """The text of an HTML document, links kept as `words <address>`."""
    return render(document).text


def render(document: str, most_tags: int = MOST_TAGS) -> Rendered:
    """The text of a document. Where all of it is hidden it is shown: nothing that somebody wrote is lost.

    `most_tags`: how many the caller has left, who reads several documents.
    """
    if len(document) > LARGEST or document.count("<") > most_tags:
        return Rendered(tidy(strip_tags(document, most_tags)))
    layout = Layout.of(document)
    text = "\n".join(layout.lines())
    hidden = " ".join(" ".join(layout.hidden).split())
    if not text.strip():
        return Rendered(tidy(hidden), hidden)
    return Rendered(text, hidden)


def tidy(text: str) -> str:
    """Without trailing blanks and runs of empty lines."""
    lines: list[str] = []
    for line in text.replace("\xa0", " ").splitlines():
        line = line.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n")


def strip_tags(document: str, most_tags: int = MOST_TAGS) -> str:
    """The text between the tags; comments, scripts and styles go. One pass, linear."""
    document = document[:LARGEST_READ]
    if document.count("<") > _READ_PER_TAG * most_tags:
        return _BLANKS.sub(" ", unescape(_ANY_TAG.sub(" ", document)))
    out = []
    for token in tokens(document):
        if isinstance(token, str):
            out.append(token)
        elif isinstance(token, Tag):
            out.append("\n" if token.name in _BLOCK else " " if token.name in ("td", "th") else "")
    return _BLANKS.sub(" ", "".join(out))
