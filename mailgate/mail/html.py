"""HTML to the text that a person would have typed. Never fails, never fetches, bounded in time.

inscriptis lays out tables and lists; it gives nothing for deep nesting and takes seconds for huge tables
(spec/dependencies.md 10), so such a document, or one that comes out short, has its tags stripped in one linear pass.
"""

import html
import re
from collections.abc import Callable
from functools import cache
from typing import Any

LARGEST = 1_000_000  # characters that are laid out; more is stripped
DEEPEST = 150
MOST_CELLS = 5_000
LEAST_SHARE = 0.8  # of the letters between the tags; a layout that loses more is not used
_LONGEST_LINK = 2_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr p li td tr th option o".split())
_BLOCK = frozenset(
    "p div br tr table li ul ol blockquote hr h1 h2 h3 h4 h5 h6 section article header footer pre dd dt".split()
)
_UNSHOWN = frozenset(("script", "style", "head", "title", "template"))
_BLANKS = re.compile(r"[ \t\xa0]+")
_NO_LETTERS = re.compile(r"[\W_]+")


def to_text(document: str, mark: Callable[[Any], None] | None = None) -> str:
    """The text of an HTML document, links kept as `words <address>`. `mark` may write into the tree before."""
    _engines()  # before the net below: a missing library is our fault, not the document's
    text = ""
    if (
        len(document) <= LARGEST
        and document.count("<td") + document.count("<TD") <= MOST_CELLS
        and not _too_deep(document)
    ):
        try:
            text = _laid_out(document, mark)
        except Exception:  # lxml and inscriptis raise many kinds on hostile markup; stripping always works
            text = ""
    stripped = strip_tags(document)
    return tidy(text if _letters(text) >= LEAST_SHARE * _letters(stripped) else stripped)


def _letters(text: str) -> int:
    return len(_NO_LETTERS.sub("", text))


def tidy(text: str) -> str:
    """Without trailing blanks and runs of empty lines."""
    lines: list[str] = []
    for line in text.replace("\xa0", " ").splitlines():
        line = line.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n")


def strip_tags(document: str) -> str:
    """The text between the tags; comments, scripts and styles go. One pass, linear."""
    out: list[str] = []
    lower = document.lower() if len(document.lower()) == len(document) else document
    at, comments = 0, True
    unclosed: set[str] = set()  # names whose closing tag comes no more: looking again and again would be quadratic
    while True:
        tag = document.find("<", at)
        if tag < 0:
            break
        out.append(document[at:tag])
        if comments and document.startswith("<!--", tag):
            end = document.find("-->", tag)
            comments = end >= 0
            at = end + 3 if comments else tag + 4
            continue
        match = _TAG.match(document, tag)
        if match is None and not document.startswith(("<!", "<?"), tag):
            out.append("<")
            at = tag + 1
            continue
        end = document.find(">", tag)
        if end < 0:
            at = tag
            break
        name = match[2].lower() if match else ""
        at = end + 1
        if name in _UNSHOWN and name not in unclosed and match and not match[1]:
            closing = lower.find(f"</{name}", at)
            at = max(closing, at)
            if closing < 0:
                unclosed.add(name)
        out.append("\n" if name in _BLOCK else " " if name in ("td", "th") else "")
    out.append(document[at:])
    return _BLANKS.sub(" ", html.unescape("".join(out)))


def _too_deep(document: str) -> bool:
    if document.count("<") < 2 * DEEPEST:
        return False
    depth = deepest = 0
    for closing, name in _TAG.findall(document):
        if name.lower() in _VOID:
            continue
        depth = depth - 1 if closing and depth else depth + (not closing)
        deepest = max(deepest, depth)
    return deepest > DEEPEST


def _laid_out(document: str, mark: Callable[[Any], None] | None) -> str:
    lxml, inscriptis = _engines()
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    tree = lxml.html.document_fromstring(document.encode("utf-8", "replace"), parser=parser)
    if mark is not None:
        mark(tree)
    for link in tree.iter("a"):
        address = (link.get("href") or "").strip()
        if not address.lower().startswith(("http://", "https://")) or len(address) > _LONGEST_LINK:
            continue
        shown = "".join(link.itertext()).strip()
        if shown and not _says_the_same(shown, address):
            link.tail = f" <{address}>{link.tail or ''}"
    strict = inscriptis.css_profiles.STRICT_CSS_PROFILE  # the relaxed one puts blanks inside words
    text: str = inscriptis.html_engine.Inscriptis(tree, inscriptis.model.config.ParserConfig(css=strict)).get_text()
    return text


@cache
def _engines() -> tuple[Any, Any]:
    """Loaded when first needed: 80 ms, and most mails bring their own plain text."""
    import inscriptis.css_profiles
    import inscriptis.html_engine
    import inscriptis.model.config
    import lxml.html  # type: ignore[import-untyped]  # published without types

    return lxml, inscriptis


def _says_the_same(shown: str, address: str) -> bool:
    """Whether the link's words are its address already."""
    return _core(shown) in _core(address) if "." in shown else False


def _core(address: str) -> str:
    return address.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
