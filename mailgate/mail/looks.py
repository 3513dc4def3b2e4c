"""How the text of an HTML element looks, as far as reading goes: whether it is seen, and whether it is kept as typed.

Hidden are the ways that are used in mail (spec/safety.md R57): display, visibility, opacity, no size, no height, off
the page, and letters in the colour of their ground. Where a style sheet draws grounds nobody here knows which: colour
then proves nothing, for to hide what a customer wrote is worse than to show what he hid.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailgate.mail.markup import Tag

_LONGEST_STYLE = 4_000
_LONGEST_SHEET = 200_000
_MOST_STYLES = 2_000  # different ones of a document; more are not read
_ALIKE = 8  # of 255: what no eye tells apart
_DECLARATION = re.compile(r"([a-z-]{1,40})\s{0,9}:\s{0,9}([^;]{1,400})")
_BRACE = re.compile(r"([{}])")
_SIMPLE_SELECTOR = re.compile(r"[a-z0-9]{0,20}[.#][a-z0-9_-]{1,80}", re.IGNORECASE)
_SIZE = re.compile(r"(-?\d{0,6}\.?\d{0,6}) ?(px|pt|em|rem|ex|ch|mm|cm|in|vh|vw|%)?")
_HEX = re.compile(r"#([0-9a-f]{3,8})")
_RGB = re.compile(r"rgba?\( ?(\d{1,3}) ?[, ] ?(\d{1,3}) ?[, ] ?(\d{1,3}) ?(?:[,/] ?([\d.]{1,8})(%?) ?)?\)")
_NAMED = {
    "white": 0xFFFFFF, "black": 0x000000, "red": 0xFF0000, "yellow": 0xFFFF00, "blue": 0x0000FF, "green": 0x008000,
    "silver": 0xC0C0C0, "gray": 0x808080, "grey": 0x808080, "navy": 0x000080, "snow": 0xFFFAFA, "ivory": 0xFFFFF0,
    "ghostwhite": 0xF8F8FF, "whitesmoke": 0xF5F5F5, "window": 0xFFFFFF, "windowtext": 0x000000,
}  # fmt: skip
_KEPT = re.compile(r"pre(?:-wrap|-line)?|break-spaces")

Style = dict[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """What an element hands down to those inside it. Colours are 0xRRGGBB, None where nobody knows."""

    gone: bool = False
    invisible: bool = False
    no_size: bool = False
    as_typed: bool = False  # line ends and blanks stay
    color: int | None = 0x000000
    ground: int | None = 0xFFFFFF

    @property
    def hidden(self) -> bool:
        return self.gone or self.invisible or self.no_size or self.is_on_its_colour

    @property
    def is_on_its_colour(self) -> bool:
        if self.color is None or self.ground is None or (self.color, self.ground) == (0x000000, 0xFFFFFF):
            return False
        return all(abs((self.color >> n & 255) - (self.ground >> n & 255)) <= _ALIKE for n in (0, 8, 16))


class Sheet:
    """What the style elements of a document say. Grows as they come."""

    def __init__(self) -> None:
        self.hidden: set[str] = set()  # simple selectors, ".name", "#name" and "tag.name"
        self.draws_grounds = False
        self._styles: dict[str, Style] = {}

    def add(self, css: str) -> None:
        css = _without_comments(css[:_LONGEST_SHEET])
        self.draws_grounds = self.draws_grounds or "background" in css.lower()
        for selectors, declarations in _rules(css):
            if _hides(self.style(declarations)):
                found = (each.strip() for each in selectors.split(","))
                self.hidden.update(each.lower() for each in found if _SIMPLE_SELECTOR.fullmatch(each))

    def style(self, written: str) -> Style:
        """The declarations of a style attribute; mails repeat the same few."""
        known = self._styles.get(written)
        if known is None and len(self._styles) > _MOST_STYLES:
            return {}
        if known is None:
            found = _DECLARATION.findall(written[:_LONGEST_STYLE].lower())
            known = {name: value.replace("!important", "").strip() for name, value in found}
            self._styles[written] = known
        return known

    def look(self, tag: Tag, outer: Look) -> Look:
        """The look of an element inside another."""
        attributes = tag.attributes
        style = self.style(attributes["style"]) if "style" in attributes else {}
        look = outer
        if not outer.gone and ("hidden" in attributes or _hides(style) or self._hides_by_name(tag, style)):
            look = replace(look, gone=True)
        if "visibility" in style:
            look = replace(look, invisible=style["visibility"] in ("hidden", "collapse"))
        if "font-size" in style:
            look = replace(look, no_size=_no_size(style["font-size"], outer.no_size))
        if tag.name in ("pre", "textarea", "listing", "xmp"):
            look = replace(look, as_typed=True)
        if "white-space" in style:
            look = replace(look, as_typed=_KEPT.fullmatch(style["white-space"]) is not None)
        return self._coloured(look, style, attributes)

    def _coloured(self, look: Look, style: Style, attributes: Style) -> Look:
        if self.draws_grounds:
            return replace(look, ground=None) if look.ground is not None else look
        color = style.get("color") or attributes.get("color") or attributes.get("text")
        if color:
            look = replace(look, color=look.ground if color.strip() == "transparent" else _colour(color))
        drawn = [style[name] for name in ("background", "background-color", "background-image") if name in style]
        ground = " ".join(drawn) or attributes.get("bgcolor") or ("url(" if "background" in attributes else "")
        if ground and ground not in ("none", "transparent", "inherit", "initial"):
            look = replace(look, ground=_colour(ground))
        return look

    def _hides_by_name(self, tag: Tag, style: Style) -> bool:
        if not self.hidden or "display" in style:
            return False
        names = [f".{name}" for name in tag.attributes.get("class", "").lower().split()[:50]]
        names += [f"#{name}" for name in tag.attributes.get("id", "").lower().split()[:1]]
        return any(name in self.hidden or f"{tag.name}{name}" in self.hidden for name in names)


def _without_comments(css: str) -> str:
    """One that is never closed goes on to the end, as in a browser. Linear."""
    kept, at = [], 0
    while (start := css.find("/*", at)) >= 0:
        kept.append(css[at:start])
        end = css.find("*/", start + 2)
        at = end + 2 if end >= 0 else len(css)
    return " ".join((*kept, css[at:])).replace("<!--", " ").replace("-->", " ")


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations, but for what holds on some screens only."""
    inside, selectors = 0, ""
    pieces = _BRACE.split(css)
    for text, brace in zip(pieces[::2], pieces[1::2], strict=False):
        prelude = text.rpartition(";")[2].strip()
        if brace == "{" and (inside or prelude.startswith("@")):
            inside += 1
        elif brace == "{":
            selectors = prelude
        elif inside:
            inside -= 1
        elif selectors:
            yield selectors, text
            selectors = ""


def _hides(style: Style) -> bool:
    """Whether an element of this style is nowhere to be seen, whatever stands inside."""
    if not style:
        return False
    if style.get("display") == "none" or _nothing(style.get("opacity", "1")):
        return True
    if _nothing(style.get("max-height", "1")) or _nothing(style.get("max-width", "1")):
        return True
    clipped = style.get("overflow", "").startswith("hidden")
    if clipped and (_nothing(style.get("height", "1")) or _nothing(style.get("width", "1"))):
        return True
    return any(_far_away(style.get(name, "")) for name in ("text-indent", "left", "top", "right", "margin-left"))


def _number(value: str) -> float | None:
    found = _SIZE.fullmatch(value)
    try:
        return float(found[1]) if found else None
    except ValueError:
        return None


def _nothing(value: str) -> bool:
    return _number(value) == 0


def _far_away(value: str) -> bool:
    number = _number(value)
    return number is not None and number <= -999


def _no_size(value: str, outer: bool) -> bool:
    """Letters of at most one pixel; a share of nothing is nothing."""
    number = _number(value)
    if number is None:
        return outer and value in ("inherit", "smaller", "larger", "unset")
    if number == 0 or (number <= 1 and value.endswith(("px", "pt"))):
        return True
    return outer and value.endswith(("em", "%")) and not value.endswith("rem")


def _colour(value: str) -> int | None:
    """The colour that a value of CSS or an attribute names; None where it is unknown or lets the ground through."""
    value = value.strip().lower()
    if "url(" in value or "gradient" in value:
        return None
    if found := _HEX.search(value):
        digits = found[1]
        if len(digits) in (3, 4):
            digits = "".join(digit * 2 for digit in digits)
        return int(digits[:6], 16) if len(digits) in (6, 8) else None
    if found := _RGB.search(value):
        red, green, blue = (min(int(found[n]), 255) for n in (1, 2, 3))
        return red << 16 | green << 8 | blue
    return next((_NAMED[word] for word in value.split() if word in _NAMED), None)
