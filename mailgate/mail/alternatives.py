"""The text and the HTML of one multipart/alternative: which of them is read, and whether they say the same.

Everybody reads the same one, rules and agents (spec/safety.md R57): the text, as it was typed, where the HTML has no
word that it has not; else the HTML, which its writer and most readers see (RFC 2046 5.1.4: the last is the richest),
unless that says little of what the text says. Where much differs, the mail may show one thing to one reader and another
to the next, which is told. Linear.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from mailgate.mail.html import LARGEST_READ, MOST_TAGS, Rendered
from mailgate.mail.marked_html import lay_out
from mailgate.mail.markup import unescape

DIFFER = "its text and its HTML say different things"
HIDES = "its HTML hides text that no reader sees"
MOST_COMPARED = 400_000  # characters of each
_FEWEST = 5  # words: less is a greeting or a button
_MUCH = 0.5  # of the words of one, that the other does not have
_STUB = 60  # words: a longer text is no pointer to the HTML
_STUBS_SHARE = 0.2

_UNREAD = (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"), ("<title", "</title>"))
_BLOCK = re.compile(r"</?(?:p|div|br|td|th|tr|li|ul|ol|h[1-6]|hr|table|blockquote|pre)\b[^<>]*+>", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*+>")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")
_ADDRESS = re.compile(
    r"<?(?:https?://|mailto:|cid:|www\.)[^\s<>\]]{1,2000}>?|\[(?:image|cid|bild|imagen):[^\]\n]{0,300}\]", re.I
)


@dataclass(frozen=True, slots=True)
class Choice:
    """`html`: the HTML as text where it is read, None where the text is; `hidden`: what the HTML hides."""

    html: Rendered | None = None
    hidden: bool = False
    differ: bool = False


def choose(text: str, document: str, most_tags: int = MOST_TAGS) -> Choice:
    """Which of the two is read. The HTML is laid out only where a quick look finds other words in it."""
    read = _without_unread(document[:LARGEST_READ])
    if _letters(text) == _letters(unescape(_TAG.sub("", read))):
        return Choice()
    said, quick = _words(text), _words(unescape(_TAG.sub("", _BLOCK.sub(" ", read))))
    if not quick - said and not _lacks(said, quick):
        return Choice()
    rendered = lay_out(document, most_tags)
    shown = _words(rendered.text)
    text_says_more, html_says_more = _lacks(said, shown), _lacks(shown, said)
    differ = shown.total() >= _FEWEST and (text_says_more or html_says_more) and not _is_stub(said, shown)
    reads_html = bool(shown - said) and (html_says_more or not text_says_more)
    return Choice(rendered if reads_html else None, says_something(rendered.hidden), differ)


def _letters(text: str) -> str:
    """A text without its blanks and quotation marks: most mails are the same twice, and that is told at a glance."""
    return "".join(text.split()).replace(">", "")


def _without_unread(document: str) -> str:
    """A document without what nobody sees, rather a word too many than one too few: then it is laid out."""
    for opening, closing in _UNREAD:
        document = _without(document, opening, closing)
    return document


def _without(document: str, opening: str, closing: str) -> str:
    """What stands between the two goes; what is never closed stays. Linear."""
    if opening not in document:
        return document
    first, *others = document.split(opening)
    kept = [first]
    for other in others:
        _, found, behind = other.partition(closing)
        kept.append(behind if found else f"{opening}{other}")
    return "".join(kept)


def says_something(text: str) -> bool:
    """Whether there is a letter or a figure in it: filling and counters are no words."""
    return _WORD.search(text) is not None


def _words(text: str) -> Counter[str]:
    """The words without addresses, which mail programs write differently in text and in HTML."""
    bare = _ADDRESS.sub(" ", text[:MOST_COMPARED])
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", bare).casefold()))


def _lacks(words: Counter[str], other: Counter[str]) -> bool:
    """Whether much of the words is not in the other."""
    lacking = (words - other).total()
    return lacking >= _FEWEST and lacking > _MUCH * words.total()


def _is_stub(said: Counter[str], shown: Counter[str]) -> bool:
    """A text that says "see the HTML": a few words beside many."""
    return said.total() <= _STUB and said.total() <= _STUBS_SHARE * shown.total()
