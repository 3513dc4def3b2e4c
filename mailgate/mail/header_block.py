"""The head that mail programs write above a mail that they quote or forward: From, Sent, To, Subject, in any language.

Conservative: a form that somebody filled in ("From: Berlin / To: Rome / Date: 3 May") is none. Looks at a bounded
number of bounded lines; total.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailgate.mail.plain import clean, plain
from mailgate.mail.quotation_words import LABELS

_MOST_LINES = 24  # with the addresses of a long To
_LONGEST_LINE = 1_000
_LABEL = re.compile(r"^[\s|*_•]{0,8}([^\W\d][^:：*_<>@]{0,24}?)[\s*_|]{0,4}[:：|](?!/)")
_ON_ONE_LINE = re.compile(r"(?<![\w/])([^\W\d][^\W\d]{1,14})[*_\s]{0,3}[:：]")
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")


@dataclass(slots=True)
class HeaderBlock:
    """Where the block ends (the line after it), and its values by kind: from, date, to, subject."""

    end: int
    values: dict[str, str] = field(default_factory=dict)

    @property
    def is_beyond_doubt(self) -> bool:
        """Whether it holds an address or a time: a form that somebody filled in has neither."""
        written = f"{self.values.get('from', '')} {self.values.get('to', '')}"
        return bool(_ADDRESS.search(written) or _TIME.search(self.values.get("date", "")))


def label_of(line: str) -> str:
    """The kind of a line's label: from, date, to, subject, other; "?" for one that is none of a mail; or nothing."""
    found = _LABEL.match(line[:64])
    if found is None:
        return ""
    written = plain(clean(found[1].replace("\xad", "")))
    return LABELS.get(written) or ("other" if "-" in written and " " not in written else "?")


def header_block(lines: Sequence[str], start: int, *, below_a_rule: bool = False) -> HeaderBlock | None:
    """The block whose first line is `start`; `below_a_rule`: a line says already that a mail follows."""
    block = HeaderBlock(start)
    last, blanks = "", 0
    for number in range(start, min(len(lines), start + _MOST_LINES)):
        line = lines[number][:_LONGEST_LINE]
        if not line.strip():
            blanks += 1
            if blanks > 1 or len(block.values) >= 3:
                break
            continue
        kind = label_of(line)
        if kind in ("", "?") and blanks:
            break
        if kind == "?" and not _continues(last, line):
            return None if not _is_complete(block, below_a_rule) else block
        if kind in block.values and kind not in ("", "?", "other"):
            break
        blanks = 0
        if kind in ("", "?"):
            if not last:
                return None
            if last == "subject" and len(block.values) >= 3 and not line.startswith((" ", "\t")):
                break
            block.values[last] = f"{block.values.get(last, '')} {line.strip()}".strip()
        else:
            last = kind
            value = re.split("[:：|]", line, maxsplit=1)[1].strip(" \t*_|")
            block.values[kind] = value
        block.end = number + 1
    return block if _is_complete(block, below_a_rule) else _on_one_line(lines, start)


def _continues(last: str, line: str) -> bool:
    """Whether a line with a strange label is the second line of a long list of recipients."""
    return last in ("to", "other") and "@" in line


def _is_complete(block: HeaderBlock, below_a_rule: bool) -> bool:
    kinds = block.values.keys() & {"from", "date", "to", "subject"}
    if "from" not in kinds or len(kinds) < (2 if below_a_rule else 3):
        return False
    return below_a_rule or block.is_beyond_doubt or kinds >= {"date", "subject"}


def _on_one_line(lines: Sequence[str], start: int) -> HeaderBlock | None:
    """All of it on one line, as some programs make it of HTML."""
    line = lines[start][:_LONGEST_LINE]
    if len(line) < 40 or "@" not in line or label_of(line) != "from":
        return None
    kinds = {LABELS.get(plain(found)) for found in _ON_ONE_LINE.findall(line)} & {"from", "date", "to", "subject"}
    return HeaderBlock(start + 1, {"from": line}) if len(kinds) == 4 else None
