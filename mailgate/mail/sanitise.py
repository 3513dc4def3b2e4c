"""HTML that leaves us: an allow-list of tags, attributes and schemes, run until nothing changes any more (R56).

Done once and last: what an invisible character could hide goes before, and whoever takes the result prints it as it
is. Nothing in it runs, nothing is fetched when it is read: of images only those stay that travel in the same mail. nh3
takes seconds for deep nesting (spec/dependencies.md 10): of what is deeper or longer than any mail nothing is left.
"""

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import unquote

import nh3

from mailgate.mail.markup import tokens

LARGEST = 2_000_000  # characters
MOST_TAGS = 60_000
DEEPEST = 200
_ROUNDS = 4  # until sanitising changes nothing more

_TAGS = frozenset(
    "a b strong i em u s del ins strike br p div span blockquote pre code tt ul ol li dl dt dd h1 h2 h3 h4 h5 h6 hr "
    "img table caption thead tbody tfoot tr td th sub sup small".split()
)
_UNREAD = frozenset("script style title template noscript object iframe svg math select textarea".split())
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir", "style"},
    "a": {"href"},
    "img": {"src", "width", "height"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_STYLES = {"font-weight", "font-style", "text-decoration", "text-align"}  # no colour: it would not show in the dark
_STYLE = re.compile(r"[a-z-]{1,20}:[a-z0-9 -]{1,40}")  # words and numbers alone: any property may be given a url(...)
_SCHEMES = ("http://", "https://", "mailto:")
_NOT_NESTED = frozenset(  # void, or ended by the next of its kind
    "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr option".split()
)
_NEVER_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def sanitise(html: str, cids: frozenset[str] = frozenset()) -> str:
    """What may go out of a piece of HTML; nothing where it is too much or never comes to rest.

    `cids`: the content ids, without brackets, of the images that travel in the same mail.
    """
    if len(html) > LARGEST or html.count("<") > MOST_TAGS or is_deeper_than(html, DEEPEST):
        return ""
    html = _NEVER_SHOWN.sub("", html)
    allowed = _allowed(cids)
    for _ in range(_ROUNDS):
        cleaned = nh3.clean(
            html,
            tags=set(_TAGS),
            clean_content_tags=set(_UNREAD),
            attributes=_ATTRIBUTES,
            attribute_filter=allowed,
            url_schemes={"http", "https", "mailto", "cid"},
            url_relative="deny",
            filter_style_properties=_STYLES,
        )
        cleaned = _NEVER_SHOWN.sub("", cleaned)  # what was written as &#8238;
        if cleaned == html:
            return cleaned
        html = cleaned
    return ""


def travels(source: str, cids: frozenset[str]) -> bool:
    """Whether an image's source is one of the parts that go out with the mail."""
    scheme, _, name = source.strip().partition(":")
    return scheme.lower() == "cid" and unquote(name) in cids


def is_deeper_than(html: str, levels: int) -> bool:
    """Whether more elements than that are open at once, those counted too that nothing closes."""
    if html.count("<") <= levels:
        return False
    opened: Counter[str] = Counter()
    depth = 0
    for token in tokens(html):
        if isinstance(token, str) or token.name in _NOT_NESTED:
            continue
        if not token.closing:
            opened[token.name] += 1
            depth += 1
        elif opened[token.name]:
            opened[token.name] -= 1
            depth -= 1
        if depth > levels:
            return True
    return False


def _allowed(cids: frozenset[str]) -> Callable[[str, str, str], str | None]:
    def allowed(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return value if travels(value, cids) else None
        if name == "href":
            return value if value.strip().lower().startswith(_SCHEMES) else None
        return _plain_style(value) if name == "style" else value

    return allowed


def _plain_style(value: str) -> str | None:
    declarations = (each.strip() for each in value[:1_000].lower().split(";"))
    return ";".join(each for each in declarations if _STYLE.fullmatch(each)) or None
