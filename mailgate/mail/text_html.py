"""Plain text as HTML: paragraphs, line ends, `>` quotations, links; everything else stands as it was written.

Total and linear. Nothing of the text becomes markup.
"""

import re
from html import escape

_MARKS = re.compile(r"(?:> ?){1,10}")  # quotations in quotations; more stay marks
_URL = re.compile(r"https?://[^\s<>\"]{1,1000}", re.IGNORECASE)
_AFTER_URL = ".,;:!?'”’»*_"
_LOST = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAK = "<br>\n"
_QUOTE = '<blockquote type="cite" style="margin:0 0 12px;padding:0 0 0 12px;border-left:3px solid #c8ccd2">'


def html_of_text(text: str) -> str:
    """A piece of HTML that says what `text` says; its line ends are LF."""
    out: list[str] = []
    depth = 0
    paragraph: list[str] = []
    for line in [*_LOST.sub("", text).split("\n"), ""]:
        marks = _MARKS.match(line)
        level = marks[0].count(">") if marks else 0
        inside = line[marks.end() :] if marks else line
        if paragraph and (level != depth or not inside.strip()):
            out.append(f"<p>{_BREAK.join(paragraph)}</p>\n")
            paragraph = []
        out += [f"{_QUOTE}\n"] * (level - depth) + ["</blockquote>\n"] * (depth - level)
        depth = level
        if inside.strip():
            paragraph.append(_line(inside.rstrip()))
    return "".join(out)


def _line(text: str) -> str:
    """A line with its addresses linked; blanks at its beginning and runs of them show."""
    pieces = []
    at = 0
    for found in _URL.finditer(text):
        url = _without_end(found[0])
        if "." not in url:
            continue
        pieces += [_blanks(text[at : found.start()]), f'<a href="{escape(url)}">{escape(url)}</a>']
        at = found.start() + len(url)
    return "".join((*pieces, _blanks(text[at:])))


def _without_end(url: str) -> str:
    """Without the punctuation of the sentence; a closing bracket is the address's only if it opened one."""
    url = url.rstrip(_AFTER_URL)
    while url[-1:] == ")" and url.count(")") > url.count("("):
        url = url[:-1].rstrip(_AFTER_URL)
    return url


def _blanks(text: str) -> str:
    text = escape(text.replace("\t", "    ")).replace("  ", " &nbsp;")
    return f"&nbsp;{text[1:]}" if text.startswith(" ") else text
