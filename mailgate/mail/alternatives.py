"""The text and the HTML of one multipart/alternative: which of them is read, and whether they say the same.

Everybody reads the same one, rules and agents (spec/safety.md R57): the text, unless the HTML says all that it says and
more, or it only says where the HTML is to be found. Where both say much that the other does not, the mail may show one
thing to one reader and another to the next, which is told. Linear.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from mailgate.mail.html import MOST_TAGS, Rendered, strip_tags
from mailgate.mail.marked_html import lay_out

DIFFER = "its text and its HTML say different things"
HIDES = "its HTML hides text that no reader sees"
MOST_COMPARED = 400_000  # characters of each
_FEWEST = 5  # words: less is a greeting or a button
_MORE = 0.05  # of the HTML's words: from here on it says more than the text
_WHOLE = 0.95  # of the text's words, that the HTML must have to be read in its place
_MUCH = 0.5  # of the words of one, that the other does not have
_STUB = 60  # words: a longer text is no pointer to the HTML
_STUBS_SHARE = 0.2

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
    said = _words(text)
    quick = _words(strip_tags(document, most_tags))
    if not _lacks(quick, said, _MORE) and not _lacks(said, quick, _MUCH):
        return Choice()
    rendered = lay_out(document, most_tags)
    shown = _words(rendered.text)
    hidden = says_something(rendered.hidden)
    if _lacks(shown, said, _MORE) and (_covers(shown, said) or _is_stub(said, shown)):
        return Choice(rendered, hidden)
    differ = shown.total() >= _FEWEST and (_lacks(shown, said, _MUCH) or _lacks(said, shown, _MUCH))
    return Choice(None, hidden, differ)


def says_something(text: str) -> bool:
    """Whether there is a letter or a figure in it: filling and counters are no words."""
    return _WORD.search(text) is not None


def _words(text: str) -> Counter[str]:
    """The words without addresses, which mail programs write differently in text and in HTML."""
    bare = _ADDRESS.sub(" ", text[:MOST_COMPARED])
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", bare).casefold()))


def _lacks(words: Counter[str], other: Counter[str], share: float) -> bool:
    """Whether at least this share of the words is not in the other."""
    lacking = (words - other).total()
    return lacking >= _FEWEST and lacking > share * words.total()


def _covers(words: Counter[str], other: Counter[str]) -> bool:
    return (other - words).total() <= max(1, (1 - _WHOLE) * other.total())


def _is_stub(said: Counter[str], shown: Counter[str]) -> bool:
    """A text that says "see the HTML": a few words beside many."""
    return said.total() <= _STUB and said.total() <= _STUBS_SHARE * shown.total()
