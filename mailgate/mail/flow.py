"""Lines of text as they grow out of HTML: blanks run together, paragraphs stay apart, cells become rows.

A `Flow` is what one block collects: the whole document, a quotation, an item of a list, a cell.
"""

import re
import unicodedata

WIDEST = 100  # columns of a row that stands on one line
_WIDEST_LABEL = 30
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_INNER_BLANKS = re.compile(r"(?<=\S)[ \xa0\t]{2,}(?=\S)")
_FILLERS = re.compile("[\xa0 \u00ad\u034f\u061c\u180e\u2007\u200b-\u200f\u2060-\u2064\ufeff]+")
_LONGEST_INDENT = 40


class Flow:
    """Lines that are done, and the one that is being written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._pieces: list[str] = []
        self._as_typed = False
        self._gap = False  # an empty line before the next

    def write(self, text: str, as_typed: bool = False) -> None:
        """Text of the current line; `as_typed`: with its own line ends and blanks."""
        if as_typed:
            *whole, text = text.replace("\r\n", "\n").split("\n")
            for line in whole:
                self._add(line, as_typed)
                self.end_line(forced=True)
            self._add(text, as_typed)
        else:
            self._add(_BLANKS.sub(" ", text), as_typed)

    def _add(self, text: str, as_typed: bool) -> None:
        if not as_typed and text[:1] == " " and (not self._pieces or self._pieces[-1][-1:] in " \xa0"):
            text = text[1:]
        if text:
            self._pieces.append(text)
            self._as_typed = self._as_typed or as_typed

    def add_behind(self, text: str) -> None:
        """Behind the last word, though its line may be done."""
        if not self._pieces and self.lines and self.lines[-1]:
            self.lines[-1] += text
        else:
            self.write(text)

    def end_line(self, forced: bool = False) -> None:
        """A line ends here if there is one; `forced`: an empty one counts too, as for <br>."""
        if not self._pieces and not forced:
            return
        line = "".join(self._pieces)
        if not self._as_typed:
            line = _typed(line)
            if not line and not forced and "\xa0" not in "".join(self._pieces):
                self._pieces.clear()
                return
        self._pieces.clear()
        self._as_typed = False
        if self._gap and self.lines and self.lines[-1]:
            self.lines.append("")
        self._gap = False
        self.lines.append(line.rstrip())

    def gap(self) -> None:
        """A paragraph ends or begins."""
        self.end_line()
        self._gap = True

    def put(self, lines: list[str], first: str = "", others: str = "") -> None:
        """Whole lines, `first` before the first of them and `others` before the rest."""
        self.end_line()
        if lines and self._gap and self.lines and self.lines[-1]:
            self.lines.append("")
        if lines:
            self._gap = False
        self.lines += [(f"{others if n else first}{line}").rstrip() for n, line in enumerate(lines)]

    def finished(self) -> list[str]:
        """The lines, without empty ones at both ends and with one at most between others."""
        self.end_line()
        found: list[str] = []
        for line in self.lines:
            if line or (found and found[-1]):
                found.append(line)
        if found and not found[-1]:
            found.pop()
        return found


def _typed(line: str) -> str:
    """A line as one types it: an indent stays, blanks that only fill do not."""
    if _FILLERS.fullmatch(line):
        return ""
    line = line.strip(" \t").rstrip("\xa0 ")
    bare = line.lstrip("\xa0 ")
    indent = " " * min(len(line) - len(bare), _LONGEST_INDENT)
    return indent + _INNER_BLANKS.sub(" ", bare).replace("\xa0", " ")


Cell = list[str]
"""The lines of a cell of a table."""


def lines_of_table(rows: list[list[Cell]]) -> tuple[list[str], bool]:
    """The lines of a table, and whether it is one of figures and short words, whose columns stand below each other."""
    rows = [row for row in rows if any(row)]
    if _has_columns(rows):
        return _columns(rows), True
    lines: list[str] = []
    for row in rows:
        cells = [cell for cell in row if cell]
        if all(len(cell) == 1 for cell in cells) and sum(_width(cell[0]) + 2 for cell in cells) <= WIDEST + 2:
            lines.append("  ".join(cell[0] for cell in cells))
            continue
        if (
            len(cells) == 2
            and len(cells[0]) == 1
            and cells[0][0].endswith(":")
            and _width(cells[0][0]) <= _WIDEST_LABEL
        ):
            label, (first, *others) = cells[0][0], cells[1]
            lines += [f"{label}  {first}", *(" " * (_width(label) + 2) + line for line in others)]
            continue
        for cell in cells:
            if lines and len(cell) > 1:
                lines.append("")
            lines += cell
        lines.append("")
    return lines, False


def _has_columns(rows: list[list[Cell]]) -> bool:
    """At least two rows of two cells or more, each cell a line, and room for all side by side."""
    if sum(sum(map(bool, row)) > 1 for row in rows) < 2:
        return False
    if any(len(cell) > 1 for row in rows for cell in row):
        return False
    return sum(width + 2 for width in _widths(rows)) <= WIDEST + 2


def _columns(rows: list[list[Cell]]) -> list[str]:
    widths = _widths(rows)
    lines = []
    for row in rows:
        if sum(map(bool, row)) == 1 and len(row) < len(widths):
            lines.append(next(cell[0] for cell in row if cell))  # a title or a remark across the table
            continue
        shown = ((cell[0] if cell else "", width) for cell, width in zip(row, widths, strict=False) if width)
        lines.append("  ".join(text + " " * (width - _width(text)) for text, width in shown).rstrip())
    return lines


def _widths(rows: list[list[Cell]]) -> list[int]:
    count = max(map(len, rows))
    widths = [0] * count
    for row in rows:
        if sum(map(bool, row)) == 1 and len(row) < count:
            continue
        for n, cell in enumerate(row):
            widths[n] = max(widths[n], _width(cell[0]) if cell else 0)
    return widths


def _width(text: str) -> int:
    """Columns of a terminal: wide characters take two."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
