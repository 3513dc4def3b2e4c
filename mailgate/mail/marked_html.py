"""What the structure of an HTML mail says of its text: what is quoted, where the quotation begins that runs to the end,
and the signature (spec/mail.md 2).

`lay_out` writes signs into the document before it becomes text; `read_marks` takes them out of the text again, and puts
`> ` before what stood in a quotation, as a person would have typed it. Linear; trees are lxml's.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mailgate.mail.attribution import MOST_LINES, attribution_above
from mailgate.mail.html import LARGEST, MOST_TAGS, Rendered, render
from mailgate.mail.quoted_html import begins_the_quoted, is_blockquote, is_quoted, is_signature
from mailgate.mail.split import NOT_MARKED, Marked
from mailgate.mail.tree import parsed, written

_OPEN, _CLOSE, _CUT, _SIGNATURE = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"  # noncharacters: no text may hold them
_SIGNS = str.maketrans(dict.fromkeys((_OPEN, _CLOSE, _CUT, _SIGNATURE), ""))
_DEEPEST = 10  # quotations in quotations; more look the same
_MOST = 2_000  # quotations that are marked
_UNREAD = frozenset("script style title template head noscript".split())
_LEAST_SHARE = 0.98  # of the letters: a tree that loses more is not used
_TREE_DEPTH = 150  # libxml2 cuts off what is deeper than 256
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr p li td tr th option o".split())
_BLOCKS = frozenset("div p br li tr td table ul ol h1 h2 h3 h4 pre hr blockquote center section".split())
_BLANKS = re.compile(r"\s+")
_MOST_RECENT = 600  # characters
_TAGS = re.compile(r"<[^<>]*+>")
_NO_LETTERS = re.compile(r"[\W_]+")
_SAYS_SOMETHING = re.compile(
    r"blockquote|quote|signature|divRplyFwdMsg|appendonsend|border-top|moz-cite|moz-forward|zmail_extra|data-mailgate|"
    r"reference-message|OutlookMessageHeader|isReplyContent|originalmsg|originbody|freebirdReply|messageReplySection",
    re.IGNORECASE,
)


def lay_out(document: str, most_tags: int = MOST_TAGS) -> Rendered:
    """The document as text with signs in it. Never fails: what makes no tree is laid out without them."""
    return render(_with_signs(without_signs(document)), most_tags)


def without_signs(document: str) -> str:
    """What somebody wrote holds no signs: no text may (Unicode 23.7)."""
    held = any(sign in document for sign in (_OPEN, _CLOSE, _CUT, _SIGNATURE))
    return document.translate(_SIGNS) if held else document


def _with_signs(document: str) -> str:
    if len(document) > LARGEST or not _SAYS_SOMETHING.search(document) or _is_too_deep(document):
        return document
    try:
        tree = parsed(document)
        _mark(tree)
        marked = written(tree)
    except Exception:  # lxml raises many kinds on hostile markup; the document itself always works
        return document
    return marked if _letters(marked) >= _LEAST_SHARE * _letters(document) else document


def _is_too_deep(document: str) -> bool:
    if document.count("<") < 2 * _TREE_DEPTH:
        return False
    depth = deepest = 0
    for closing, name in _TAG.findall(document):
        if name.lower() in _VOID:
            continue
        depth = depth - 1 if closing and depth else depth + (not closing)
        deepest = max(deepest, depth)
    return deepest > _TREE_DEPTH


def _letters(document: str) -> int:
    return len(_NO_LETTERS.sub("", html.unescape(_TAGS.sub(" ", document))))


def _mark(tree: Any) -> None:
    """Write the signs into `tree`."""
    walk = _Walk()
    walk.run(tree)
    cut = next((each for each in walk.starts if each.position >= walk.typed), None)
    signature = next((each for each in reversed(walk.signatures) if each.position >= walk.typed), None)
    for element in walk.quotations[:_MOST]:
        _sign(element, _OPEN, before=True)
        _sign(element, _CLOSE, before=False)
        element.tag = "div"  # the signs say that it is quoted: it is not to be marked twice
    if cut is not None:
        _sign(cut.element, _CUT, before=True)
    if signature is not None and (cut is None or signature.position <= cut.position):
        _sign(signature.element, _SIGNATURE, before=True)


@dataclass(slots=True)
class _Start:
    element: Any
    position: int  # how many pieces of text stand before it


@dataclass(slots=True)
class _Context:
    """What the text of an element is: typed, or of a quotation; `answered`: a container's quotation has begun."""

    typed: bool = True
    container: bool = False
    answered: bool = False
    signature: bool = False


@dataclass(slots=True)
class _Walk:
    """One way through the tree, in the order in which it is read."""

    starts: list[_Start] = field(default_factory=list)
    signatures: list[_Start] = field(default_factory=list)
    quotations: list[Any] = field(default_factory=list)
    typed: int = 0  # the number of the last piece of text that was typed
    position: int = 0
    recent: str = ""  # the end of what was read, a line for each block

    def run(self, tree: Any) -> None:
        for element, context, in_tail in self._visits(tree):
            text = element.tail if in_tail else element.text
            if element.tag in _BLOCKS:
                self.recent += "\n"
            if text:
                self.recent = (self.recent + _BLANKS.sub(" ", text[-_MOST_RECENT:]))[-_MOST_RECENT:]
            if text and not text.isspace():
                self.position += 1
                if context.typed or (context.container and context.answered):
                    self.typed = self.position

    def _visits(self, tree: Any) -> Iterator[tuple[Any, _Context, bool]]:
        stack: list[tuple[Any, _Context, bool]] = [(tree, _Context(), False)]
        while stack:
            element, context, in_tail = stack.pop()
            if in_tail:
                yield element, context, True
                continue
            if not isinstance(element.tag, str) or element.tag in _UNREAD:
                continue
            if context.typed and begins_the_quoted(element):
                self.starts.append(_Start(element, self.position))
                return
            inside = self._entered(element, context)
            yield element, inside, False
            for child in reversed(element):
                stack += [(child, inside, True), (child, inside, False)]

    def _entered(self, element: Any, context: _Context) -> _Context:
        outside = context.typed or context.container
        if is_blockquote(element, inside=not outside) or (
            element.tag == "blockquote" and (context.container or (context.typed and self._tells_who_wrote()))
        ):
            self.quotations.append(element)
            context.answered = True
            self.starts.append(_Start(element, self.position))
            return _Context(typed=False)
        if outside and is_quoted(element):
            self.starts.append(_Start(element, self.position))
            return context if context.container else _Context(typed=False, container=True)
        if context.typed and is_signature(element):
            self.signatures.append(_Start(element, self.position))
            return _Context(typed=False, signature=True)
        return context

    def _tells_who_wrote(self) -> bool:
        """Whether what was read last says who wrote what follows: many programs quote without any mark but that."""
        lines = [line for line in self.recent.split("\n") if line.strip()][-MOST_LINES:]
        return bool(lines) and attribution_above(lines, len(lines) - 1, quoted_below=True) is not None


def _sign(element: Any, sign: str, *, before: bool) -> None:
    line = element.makeelement("div")
    line.text = sign
    if element.getparent() is None:
        return
    if before:
        element.addprevious(line)
        line.tail = None
    else:
        line.tail, element.tail = element.tail, None
        element.addnext(line)


def read_marks(text: str) -> tuple[str, Marked]:
    """The text without signs, and what they said; line numbers count from 0."""
    if not any(sign in text for sign in (_OPEN, _CLOSE, _CUT, _SIGNATURE)):
        return text, NOT_MARKED
    out: list[str] = []
    depth = 0
    quoted: int | None = None
    signature: int | None = None
    for line in text.split("\n"):
        if _CUT in line and quoted is None:
            quoted = len(out)
        if _SIGNATURE in line:
            signature = len(out)
        opened, closed = line.count(_OPEN), line.count(_CLOSE)
        depth += opened
        said = line.translate(_SIGNS).rstrip() if opened or closed or _CUT in line or _SIGNATURE in line else line
        if said or said == line:
            _add(out, said, min(depth, _DEEPEST))
        if closed:
            _without_blank_end(out)
        depth = max(0, depth - closed)
    read = "\n".join(out).strip("\n")
    first = next((number for number, line in enumerate(out) if line), 0)
    return read, Marked(*(_line_of(number, first, read.count("\n") + 1) for number in (quoted, signature)))


def _add(out: list[str], said: str, depth: int) -> None:
    if said:
        out.append(f"{'>' * depth} {said}" if depth else said)
    elif out and out[-1] and (not depth or out[-1].strip(">")):
        out.append(">" * depth)


def _without_blank_end(out: list[str]) -> None:
    while out and not out[-1].strip(">"):
        out.pop()


def _line_of(number: int | None, first: int, most: int) -> int | None:
    """The number of a line when the blank lines above the `first` are gone."""
    return None if number is None else min(max(0, number - first), most)
