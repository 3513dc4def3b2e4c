"""Where the quotation begins in a plain text, as the HTML alternative of the same mail shows it (spec/mail.md 2).

For programs whose plain text marks nothing. The HTML only points: the words above must be the same in both, to the
last one, or it says nothing (spec/safety.md R57).
"""

import re

from mailgate.mail.marked_html import lay_out, read_marks
from mailgate.mail.sieve import Sieve
from mailgate.mail.split import NOT_MARKED, Marked, split

LARGEST = 300_000  # characters of HTML that are laid out for this
_HINT = Sieve(
    r"blockquote|gmail_quote|divRplyFwdMsg|appendonsend|border-top:|yahoo_quoted|moz-cite|protonmail_quote|tutanota_quote|"
    r"zmail_extra|reference-message|data-mailgate|\"quote\"|isReplyContent"
)
_LETTERS = re.compile(r"[^\W_]+")
_TARGET = re.compile(r"<(?:https?://|mailto:)[^>\s]{1,4000}>|\[(?:cid:|image: ?)[^\]\n]{0,300}\]", re.IGNORECASE)


def marked_by_html(text: str, html: str) -> Marked:
    """The line of `text` at which the quotation begins by its HTML; nothing where the two do not agree."""
    if len(html) > LARGEST or not _HINT.suspects(html):
        return NOT_MARKED
    laid_out, marked = read_marks(lay_out(html).text)
    pieces = split(laid_out, marked)
    if pieces.split != "sure" or not pieces.quoted_text:
        return NOT_MARKED
    line = _line_after(_folded(f"{pieces.new_text}\n{pieces.signature}"), text)
    return NOT_MARKED if line is None else Marked(quoted=line)


def _line_after(words: str, text: str) -> int | None:
    """The line before which the text says just these words."""
    said = 0
    for number, line in enumerate(text.split("\n")):
        if said == len(words) and line.strip():
            return number
        folded = _folded(line)
        if not words.startswith(folded, said):
            return None
        said += len(folded)
    return None


def _folded(text: str) -> str:
    return "".join(_LETTERS.findall(_TARGET.sub("", text))).casefold()
