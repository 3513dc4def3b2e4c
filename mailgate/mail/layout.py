"""HTML laid out as the text that a person would have typed. Total; bounded by the number of tags and their depth.

One pass over the tags. What is open lies on a stack, with what a mail program forgot to close closed as a browser does
it (WHATWG 13.2.6, in short). Links keep their address, quotations get `> `, lists their marks, tables their rows.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from mailgate.mail.flow import Cell, Flow, lines_of_table
from mailgate.mail.looks import Look, Sheet, Style
from mailgate.mail.markup import Tag, tokens

DEEPEST = 200  # what is deeper loses its own form, not its text
_DEEPEST_FLOW = 12
_LONGEST_LINK = 2_000
_RULE = "_" * 32  # as Outlook draws it

_VOID = frozenset("area base basefont bgsound br col embed frame hr img input link meta param source track wbr".split())
_BLOCK = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol optgroup option p pre section summary table "
    "tbody tfoot thead tr td th caption ul xmp listing".split()
)
_APART = frozenset("p h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote figure menu dir".split())
_FORMATTING = frozenset("a b big code em font i nobr s small span strike strong tt u".split())
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_WALLS = frozenset(("table", "td", "th", "caption"))  # what is open outside is not closed from inside
_ENDED_BY = {  # an opening tag -> which open ones it ends, and how far the look goes
    "li": (frozenset(("li",)), _LISTS | _WALLS),
    "dt": (frozenset(("dt", "dd")), frozenset(("dl",)) | _WALLS),
    "dd": (frozenset(("dt", "dd")), frozenset(("dl",)) | _WALLS),
    "tr": (frozenset(("tr", "caption")), frozenset(("table",))),
    "td": (frozenset(("td", "th", "caption")), frozenset(("table",))),
    "th": (frozenset(("td", "th", "caption")), frozenset(("table",))),
    "option": (frozenset(("option",)), frozenset(("select",)) | _WALLS),
}
_QUOTED = frozenset("gmail_quote gmail_quote_container yahoo_quoted protonmail_quote".split())
_BULLETS = frozenset("·o§§-–•▪■*vØ¨")
_SHOWN_SCHEMES = ("http://", "https://", "mailto:", "ftp://")


@dataclass(slots=True)
class Frame:
    """An open element. `flow`: of its own, for a quotation, an item or a cell."""

    name: str
    look: Look
    flow: Flow | None = None
    rows: list[list[Cell]] | None = None  # of a table
    marks: list[int | None] = field(default_factory=list)  # of a list: the number of the next item, None for bullets
    apart: bool = False
    ignored: bool = False  # the mark of Word's lists


@dataclass(slots=True)
class _Link:
    address: str
    shown: list[str] = field(default_factory=list)


class Layout:
    """A document on its way to text: `lines` in the end, and what of it nobody can see."""

    def __init__(self) -> None:
        self.hidden: list[str] = []
        self._sheet = Sheet()
        self._document = Flow()
        self._stack = [Frame("#document", Look(), self._document)]
        self._open: Counter[str] = Counter()
        self._too_deep: Counter[str] = Counter()
        self._flows = [self._document]
        self._link: _Link | None = None
        self._last_address = ""

    @classmethod
    def of(cls, document: str) -> "Layout":
        layout = cls()
        for token in tokens(document):
            if isinstance(token, str):
                layout._text(token)
            elif token.closing:
                layout._close(token.name)
            else:
                layout._opening(token)
        layout._end_link()
        while len(layout._stack) > 1:
            layout._pop()
        return layout

    def lines(self) -> list[str]:
        return self._document.finished()

    # text

    def _text(self, text: str) -> None:
        frame = self._stack[-1]
        if frame.look.hidden:
            if text.strip():
                self.hidden.append(text)
            return
        if frame.ignored:
            self._word_mark(text)
            return
        if frame.name == "pre" and text[:1] == "\n":
            text = text[1:]
        self._flows[-1].write(text, frame.look.as_typed)
        if self._link is not None:
            self._link.shown.append(text)

    def _word_mark(self, text: str) -> None:
        """Word writes the mark of an item as text, a letter of its Symbol font, and blanks behind it."""
        mark = text.strip("\xa0 \t\r\n")
        if mark:
            self._flows[-1].write("- " if mark in _BULLETS else f"{mark} ")

    # opening

    def _opening(self, tag: Tag) -> None:
        name = tag.name
        if name == "style":
            self._sheet.add(tag.unread)
        elif name == "br":
            if not self._stack[-1].look.hidden:
                self._flows[-1].end_line(forced=True)
        elif name == "img":
            self._image(tag)
        elif name == "hr":
            self._end_paragraph()
            if not self._stack[-1].look.hidden:
                self._flows[-1].put([_RULE])
        elif name not in _VOID and not tag.unread:
            self._element(tag)

    def _element(self, tag: Tag) -> None:
        name = tag.name
        if name == "a":
            self._end_link()
        if name in _BLOCK:
            self._end_paragraph()
        if name in _ENDED_BY:
            ended, walls = _ENDED_BY[name]
            self._close_nearest(ended, walls)
        if len(self._stack) > DEEPEST:
            self._too_deep[name] += 1
            self._separate(name, tag)
            return
        outer = self._stack[-1].look
        frame = Frame(name, self._sheet.look(tag, outer) if tag.attributes or name == "pre" else outer)
        style = self._sheet.style(tag.attributes.get("style", ""))
        if not frame.look.hidden:
            self._begin(frame, tag, style)
        self._stack.append(frame)
        self._open[name] += 1

    def _begin(self, frame: Frame, tag: Tag, style: Style) -> None:
        """What is written before the element's text, and where that goes."""
        name = frame.name
        if name == "a":
            address = "".join(tag.attributes.get("href", "").split())
            if address.lower().startswith(_SHOWN_SCHEMES) and len(address) <= _LONGEST_LINK:
                self._link = _Link(address)
            return
        if name == "span" and style.get("mso-list") == "ignore":
            frame.ignored = True
        if name not in _BLOCK:
            return
        frame.apart = self._separate(name, tag, style)
        if name in _LISTS:
            frame.marks = [_start(tag) if name == "ol" else None]
        elif name == "table":
            frame.rows = []
        elif name == "tr" and (table := self._table()) is not None:
            table.append([])
        if len(self._flows) < _DEEPEST_FLOW and (
            name in ("li", "dd")
            or (name in ("td", "th") and self._table() is not None)
            or (name == "blockquote" and _is_quotation(tag, style))
        ):
            frame.flow = Flow()
            frame.marks = [self._next_mark(tag)] if name == "li" else []
            self._flows.append(frame.flow)

    def _separate(self, name: str, tag: Tag, style: Style | None = None) -> bool:
        """A block stands on its own; some are set apart by an empty line, unless their style says otherwise."""
        if name not in _BLOCK:
            return False
        flow = self._flows[-1]
        margins = [value for side, value in (style or {}).items() if side in ("margin", "margin-top", "margin-bottom")]
        close = any(value.startswith("0") for value in margins) or tag.attributes.get("class", "").startswith("Mso")
        inside_list = name in _LISTS and any(self._open[each] for each in _LISTS)
        if name in _APART and not inside_list and not (close and name in ("p", "blockquote")):
            flow.gap()
            return True
        flow.end_line()
        return False

    def _table(self) -> list[list[Cell]] | None:
        """The rows of the innermost open table."""
        if not self._open["table"]:
            return None
        return next((frame.rows for frame in reversed(self._stack) if frame.rows is not None), None)

    def _next_mark(self, tag: Tag) -> int | None:
        """The number of an item, None for a bullet."""
        for frame in reversed(self._stack):
            if frame.name in _LISTS and frame.marks:
                number = _number(tag.attributes.get("value", ""))
                here = frame.marks[0] if number is None or frame.marks[0] is None else number
                frame.marks = [None if here is None else here + 1]
                return here
        return None

    def _image(self, tag: Tag) -> None:
        """What stands for an image: its words, or the sign that it is a picture of."""
        look = self._sheet.look(tag, self._stack[-1].look)
        alt = " ".join(tag.attributes.get("alt", "").split())[:300]
        if look.hidden or not alt or any(_is_speck(tag.attributes.get(side, "")) for side in ("width", "height")):
            return
        shown = f"[image: {alt}]" if any(map(str.isalnum, alt)) else alt
        self._flows[-1].write(shown)
        if self._link is not None:
            self._link.shown.append(shown)

    # closing

    def _close(self, name: str) -> None:
        if name == "br":
            self._opening(Tag("br"))
        elif self._too_deep[name]:
            self._too_deep[name] -= 1
            if name in _BLOCK:
                self._flows[-1].end_line()
        elif self._open[name]:
            self._close_nearest(frozenset((name,)), frozenset() if name in _WALLS or name == "tr" else _WALLS)
        elif name == "p":
            self._flows[-1].gap()

    def _end_paragraph(self) -> None:
        """A block ends the paragraph before it, though its tag was forgotten."""
        if self._open["p"]:
            self._close_nearest(frozenset("p"), _BLOCK - {"p"})

    def _close_nearest(self, names: frozenset[str], walls: frozenset[str]) -> None:
        """Close the innermost open element of these names, and all in it, if no wall stands before it."""
        for at in range(len(self._stack) - 1, 0, -1):
            frame = self._stack[at]
            if frame.name in names:
                if frame.name in _FORMATTING and any(each.name in _BLOCK for each in self._stack[at + 1 :]):
                    self._take_out(at)
                    return
                while len(self._stack) > at:
                    self._pop()
                return
            if frame.name in walls:
                return

    def _take_out(self, at: int) -> None:
        """End a form of letters in the middle of blocks that were opened in it: they go on without it."""
        frame = self._stack.pop(at)
        self._open[frame.name] -= 1
        if frame.name == "a":
            self._end_link()
        outer = self._stack[at - 1].look
        for inner in self._stack[at:]:
            if inner.look is frame.look:
                inner.look = outer

    def _pop(self) -> None:
        frame = self._stack.pop()
        self._open[frame.name] -= 1
        if frame.name == "a":
            self._end_link()
        if frame.look.hidden:
            return
        if frame.flow is not None:
            self._flows.pop()
            self._hand_over(frame, frame.flow.finished())
        elif frame.rows is not None:
            lines, has_columns = lines_of_table(frame.rows)
            flow = self._flows[-1]
            if has_columns:
                flow.gap()
            flow.put(lines)
            if has_columns:
                flow.gap()
        elif frame.name in _BLOCK:
            self._flows[-1].end_line()
        if frame.apart:
            self._flows[-1].gap()

    def _hand_over(self, frame: Frame, lines: list[str]) -> None:
        """The lines of a quotation, an item or a cell, to where it stands."""
        if frame.name in ("td", "th"):
            rows = self._table()
            if rows is not None:
                if not rows:
                    rows.append([])
                rows[-1].append(lines)
            return
        if frame.name == "li":
            mark = "- " if frame.marks[0] is None else f"{frame.marks[0]}. "
            self._flows[-1].put(lines, mark, " " * len(mark))
        elif frame.name == "dd":
            self._flows[-1].put(lines, "  ", "  ")
        else:
            quoted = [f">{line}" if line.startswith(">") else f"> {line}" for line in lines]
            self._flows[-1].put(quoted)

    def _end_link(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        shown = " ".join("".join(link.shown).split())
        if link.address.lower().startswith("mailto:"):
            address = link.address.partition("?")[0]
            if address[7:].lower() in shown.lower():
                return
        else:
            address = link.address
            if says_the_same(shown, address) or address == self._last_address:
                return
        self._last_address = address
        flow = self._flows[-1]
        if shown:
            flow.add_behind(f" <{address}>")
        else:
            flow.write(f" <{address}>")


def says_the_same(shown: str, address: str) -> bool:
    """Whether the words of a link have its address already, whole or visibly cut. A part of it may deceive."""
    core = _core(address)
    for word in shown.split():
        said = _core(word.strip("<>()[],;\"'").rstrip("."))
        cut = said.rstrip("….")
        if "." in said and (said == core or (cut != said and "/" in cut and core.startswith(cut))):
            return True
    return False


def _core(address: str) -> str:
    return re.sub(r"^(?:[a-z]{3,6}://)?(?:www\.)?", "", address.lower()).rstrip("/")


def _is_quotation(tag: Tag, style: Style) -> bool:
    """A blockquote of a mail that is answered; mail programs also use it to indent."""
    if tag.attributes.get("type", "").lower() == "cite":
        return True
    if "cite" in tag.attributes and not tag.attributes["cite"].lower().startswith(("http:", "https:")):
        return True  # a mail is named by mid: (RFC 2392); a page on the web is what the writer cites
    if not _QUOTED.isdisjoint(tag.attributes.get("class", "").split()):
        return True
    line = style.get("border-left") or style.get("border-left-width") or ""
    return bool(line) and not line.startswith(("none", "0"))


def _start(tag: Tag) -> int:
    number = _number(tag.attributes.get("start", ""))
    return 1 if number is None else number


def _number(written: str) -> int | None:
    return int(written) if re.fullmatch(r"-?[0-9]{1,6}", written.strip()) else None


def _is_speck(size: str) -> bool:
    """A picture of this width or height is there to be counted, not seen."""
    return re.fullmatch(r"\s*[0-2](?:px)?\s*", size) is not None
