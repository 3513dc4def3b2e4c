"""What the writer wrote now, what he quoted, and his signature (spec/mail.md 2).

Conservative: the words of the three together are the words of the text, always, and a line that is not marked as quoted
is put away only below what says beyond doubt that a quoted mail begins there. When a cut would be a guess, or would
leave nothing, the whole text is new and the split says "unsure". One pass over the lines, each pattern anchored or on a
bounded line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Literal

from mailgate.mail.announced import says_it_answers_below
from mailgate.mail.attribution import attribution_above, may_end
from mailgate.mail.header_block import header_block, label_of
from mailgate.mail.markers import holds_marker, is_any_marker, is_marker
from mailgate.mail.message import Split
from mailgate.mail.occasion import ANY, Occasion
from mailgate.mail.pasted import is_pasted
from mailgate.mail.separator import is_rule, kind_of_separator
from mailgate.mail.signature import cut_signature, is_delimiter, says_something
from mailgate.mail.signature_block import holds_typed

MOST_LINES = 20_000
_LONGEST_LINE = 1_000
_MOST_ATTRIBUTIONS = 500  # lines that could end one; mail has a few
_LINES_OF_A_HEAD = 12
_FULL_LINE = 60  # characters; what a mail program wraps is longer
_LONGEST_FULL_LINE = 130  # and no longer than this
_STOPS = (".", "?", "!", ":", "。", "？", "！")
_QUOTING = (">", " >", "  >", "   >")
_NAMED_QUOTE = re.compile(r" ?([A-Z]{1,4})> ")
_DRAWN = frozenset("-_=*~#‐‑‒–—―－|")
_LABELS_OPEN = frozenset(("from", "date", "to", "subject"))


@dataclass(frozen=True, slots=True)
class Pieces:
    """The three pieces of a text."""

    new_text: str
    quoted_text: str
    signature: str
    split: Split


@dataclass(frozen=True, slots=True)
class Marked:
    """What the HTML said of its text: the lines at which the quotation and the signature begin."""

    quoted: int | None = None
    signature: int | None = None


NOT_MARKED = Marked()


def split(text: str, marked: Marked = NOT_MARKED, occasion: Occasion = ANY) -> Pieces:
    """The pieces of a body text with LF line ends."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return Pieces(text, "", "", "unsure")
    quoted = _marked_lines(lines)
    marks = holds_marker(text)
    found = _cut(lines, quoted, marks, occasion)
    if found is not None and found.says == "forwarded":
        return Pieces(text.strip("\n"), "", "", "none")
    cut = found.line if found is not None else None
    if marked.quoted is not None and (cut is None or marked.quoted < cut):
        cut = _with_who_wrote(lines, quoted, marked.quoted)
        if not (occasion.answers or _says_who_wrote(lines[cut : cut + _LINES_OF_A_HEAD])):
            return Pieces(text.strip("\n"), "", "", "unsure")
    elif found is not None and found.says == "doubtful":
        return Pieces(text.strip("\n"), "", "", "unsure")
    end = len(lines) if cut is None else cut
    pieces = _Above(lines[:end], quoted[:end], marked.signature, marks, occasion).pieces(lines[end:])
    if pieces is None or (pieces.quoted_text and says_it_answers_below(pieces.new_text)):
        return Pieces(text.strip("\n"), "", "", "unsure")
    return pieces


def _marked_lines(lines: Sequence[str]) -> list[bool]:
    """Which lines are marked as quoted: by `>`, or, as their neighbours, by `AS>`, the initials of their writer."""
    quoted = [False] * len(lines)
    initials = {}
    for number, line in enumerate(lines):
        if ">" not in line[:7]:
            continue
        quoted[number] = line.startswith(_QUOTING)
        if (found := _NAMED_QUOTE.match(line)) is not None:
            initials[number] = found[1]
            if initials.get(number - 1) == found[1]:
                quoted[number - 1] = quoted[number] = True
    return quoted


@dataclass(frozen=True, slots=True)
class _Found:
    """A line, and what it says of all that follows it; "doubtful" where that may be the writer's own text as well."""

    line: int
    says: Literal["quoted", "forwarded", "doubtful"] = "quoted"


def _cut(lines: list[str], quoted: list[bool], marks: bool, occasion: Occasion) -> _Found | None:
    """Where a quotation starts that runs to the end, whatever its lines look like."""
    tried = 0
    for number, line in enumerate(lines):
        short = line[:_LONGEST_LINE].strip()
        if not short or not (marks or ":" in short or "：" in short or short[0] in _DRAWN or may_end(short)):
            continue
        if quoted[number]:
            if short.startswith(">>>") and _attributed(lines, quoted, number) is not None:
                return _Found(number)
            if not (number and quoted[number - 1]) and _forwards_by_marks(lines, number):
                return _Found(number, "forwarded")
            continue
        if marks and is_any_marker(short):
            return _Found(number)
        match kind_of_separator(lines, number):
            case "original":
                sure = occasion.answers or _tells_of_a_mail(lines, quoted, number + 1)
                return _Found(_with_rule(lines, number, shortest=3), "quoted" if sure else "doubtful")
            case "forwarded":
                return _Found(number, "forwarded")
        if _is_head(lines, quoted, number, short, occasion):
            return _Found(_with_rule(lines, number, shortest=4))
        if may_end(short) and tried < _MOST_ATTRIBUTIONS:
            tried += 1
            if (first := _attributed(lines, quoted, number)) is not None:
                sure = occasion.answers or any("@" in each for each in lines[first : number + 1])
                return _Found(_with_rule(lines, first), "quoted" if sure else "doubtful")
    return None


def _tells_of_a_mail(lines: list[str], quoted: list[bool], start: int) -> bool:
    """Whether the next line that says something is marked as quoted, or of a mail's head."""
    number = next((each for each in range(start, min(len(lines), start + 4)) if lines[each].strip()), None)
    return number is not None and (quoted[number] or label_of(lines[number]) not in ("", "?"))


def _is_head(lines: list[str], quoted: list[bool], number: int, line: str, occasion: Occasion) -> bool:
    """Whether an Outlook-like head begins at the line, and what follows it is not marked as quoted."""
    if not (":" in line[:60] or "：" in line[:60] or "|" in line[:30]) or label_of(line) not in _LABELS_OPEN:
        return False
    above = _last_said(lines, number)
    below_a_rule = above is not None and is_rule(lines[above])
    block = header_block(lines, number, below_a_rule=below_a_rule)
    if block is None or _next_is_quoted(lines, quoted, block.end):
        return False
    return block.is_beyond_doubt or (occasion.answers and "date" in block.values)


def _forwards_by_marks(lines: list[str], number: int) -> bool:
    """Whether a marked block begins that is no answered mail but a forwarded one, as Apple Mail writes it."""
    unmarked = [line[:_LONGEST_LINE].lstrip("> ") for line in lines[number : number + 24]]
    if not any(kind_of_separator(unmarked, each) == "forwarded" for each in range(min(2, len(unmarked)))):
        return False
    above = _last_said(lines, number)
    return above is None or attribution_above(lines, above, quoted_below=True) is None


def _attributed(lines: list[str], quoted: list[bool], number: int) -> int | None:
    """Where an attribution begins that ends at the line, if the mail below it is not marked as quoted."""
    if _next_is_quoted(lines, quoted, number + 1) or not says_something(lines[number + 1 : number + 50]):
        return None
    return attribution_above(lines, number, quoted_below=False)


def _next_is_quoted(lines: list[str], quoted: list[bool], number: int) -> bool:
    while number < len(lines) and not lines[number].strip():
        number += 1
    return number < len(lines) and quoted[number]


def _last_said(lines: Sequence[str], before: int) -> int | None:
    number = before - 1
    while number >= 0 and not lines[number].strip():
        number -= 1
    return number if number >= 0 else None


def _says_who_wrote(lines: Sequence[str]) -> bool:
    """Whether the first lines of a quotation, marked or not, tell whose it is."""
    unmarked = [line[:_LONGEST_LINE].lstrip("> ") for line in lines]
    return any(
        kind_of_separator(unmarked, number) is not None
        or (label_of(line) in _LABELS_OPEN and header_block(unmarked, number) is not None)
        or attribution_above(unmarked, number, quoted_below=True) is not None
        for number, line in enumerate(unmarked)
        if line
    )


def _with_rule(lines: list[str], start: int, shortest: int = 5) -> int:
    """Up over the rule above a line, and over what some programs write between the two: "To: Ana"."""
    labelled = start
    while labelled and label_of(lines[labelled - 1]) in ("to", "subject"):
        labelled -= 1
    if labelled < start and labelled and is_rule(lines[labelled - 1], shortest):
        return labelled - 1
    above = _last_said(lines, start)
    return above if above is not None and is_rule(lines[above], shortest) else start


def _with_who_wrote(lines: list[str], quoted: list[bool], start: int) -> int:
    """Up over the attribution or the head that stands above a quotation."""
    end = _last_said(lines, start)
    if end is None or start - end > 3 or quoted[end]:
        return start
    if is_rule(lines[end]):
        return end
    first = attribution_above(lines, end, quoted_below=True)
    if first is not None:
        return _with_rule(lines, first)
    head: int | None = None
    for number in range(end, max(-1, end - _LINES_OF_A_HEAD), -1):
        if label_of(lines[number]) == "":
            break
        block = header_block(lines, number, below_a_rule=False)
        if block is not None and block.end > end:
            head = number
    return start if head is None else _with_rule(lines, head)


class _Above:
    """The lines above what is quoted to the end: they may quote too, by marks, with answers between."""

    def __init__(
        self, lines: list[str], quoted: list[bool], signature: int | None, marks: bool, occasion: Occasion
    ) -> None:
        self._lines = lines
        self._occasion = occasion
        self._quoted = quoted
        self._signature = signature
        self._marks = marks

    def pieces(self, below: list[str]) -> Pieces | None:
        """The pieces; None where nothing would be left, or where it cannot be known what was typed."""
        end, signature = self._without_signature(len(self._lines))
        last = self._last_marked(end)
        if not below and last < 0:
            return Pieces(_text(self._lines[:end]), "", _text(signature), "none")
        if last >= 0 and not says_something(self._lines[last + 1 : end]):
            trailing = self._start_of_block(last)
            if self._is_the_writers_own(trailing, last):
                return None
            above, signature_above = self._without_signature(trailing)
            below = [*self._lines[trailing:end], *below]
            end, signature = above, [*signature_above, *signature]
        keep = [True] * end
        if self._marks:
            self._drop_what_is_ours(keep)
        if last >= 0 and not self._is_unmistakable(keep):
            return None
        new = list(compress(self._lines, keep))
        first = next((line for line in new if says_something((line,)) or is_delimiter(line)), "")
        if is_delimiter(first) or not any(says_something((line,)) and not line.startswith(_QUOTING) for line in new):
            return None
        away = [line for line, kept in zip(self._lines, keep, strict=False) if not kept]
        return Pieces(_text(new), _text([*away, *below]), _text(signature), "sure")

    def _last_marked(self, end: int) -> int:
        """The number of the last line before `end` that is marked as quoted, or -1."""
        if True not in self._quoted:
            return -1
        return next((number for number in range(end - 1, -1, -1) if self._quoted[number]), -1)

    def _without_signature(self, end: int) -> tuple[int, list[str]]:
        """Where the signature starts that ends before line `end` and follows the last marked line; and its lines."""
        first = self._last_marked(end) + 1
        if self._signature is not None and first <= self._signature < end:
            start = self._signature
            while start > first and not says_something((self._lines[start - 1],)):
                start -= 1  # the "-- " above it
            if says_something(self._lines[:start]) and not holds_typed(self._lines[start:end]):
                return start, self._lines[start:end]
        kept, signature = cut_signature(self._lines[first:end], self._occasion, may_be_all=first > 0)
        return first + len(kept), signature

    def _is_the_writers_own(self, start: int, last: int) -> bool:
        """Whether marked lines may be what somebody pasted: nobody is said to have written them."""
        if not self._quoted[start] or _says_who_wrote(self._lines[start : start + _LINES_OF_A_HEAD]):
            return False
        return not self._occasion.answers or is_pasted(self._lines[max(0, start - 2) : last + 1])

    def _start_of_block(self, last: int) -> int:
        """The first of the marked lines that follow each other up to `last`, its attribution included."""
        start = last
        while start and (self._quoted[start - 1] or not self._lines[start - 1].strip()):
            start -= 1
        while not self._quoted[start]:
            start += 1
        return _with_who_wrote(self._lines, self._quoted, start)

    def _drop_what_is_ours(self, keep: list[bool]) -> None:
        """What stands below our mark in a quotation, up to what was typed; and who is said to have written it."""
        number = 0
        while number < len(keep):
            if not (self._quoted[number] and keep[number] and is_marker(self._lines[number][:_LONGEST_LINE].strip())):
                number += 1
                continue
            start = self._start_of_block(number)
            while start < number and not self._quoted[start]:
                keep[start] = False
                start += 1
            for blank in range(number - 1, start, -1):
                if says_something((self._lines[blank],)):
                    break
                keep[blank] = False
            while number < len(keep) and (self._quoted[number] or not self._lines[number].strip()):
                keep[number] = False
                number += 1
            for blank in range(number - 1, start, -1):  # above what was typed
                if self._lines[blank].strip():
                    break
                keep[blank] = True

    def _is_unmistakable(self, keep: list[bool]) -> bool:
        """Whether no line that looks typed may be the rest of a quoted line that was wrapped."""
        for number in range(1, len(keep)):
            line = self._lines[number]
            if self._quoted[number] or not self._quoted[number - 1] or not line.strip():
                continue
            if not keep[number - 1] or _may_be_wrapped(self._lines[number - 1].rstrip(), line.strip()):
                return False
        return True


def _may_be_wrapped(line: str, rest: str) -> bool:
    """Whether `rest` may have been the end of the quoted `line`: no full stop, no capital letter, and it was full."""
    parted = line.endswith(_STOPS) and not rest[0].islower()
    return _FULL_LINE <= len(line) <= _LONGEST_FULL_LINE and not parted


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n")
