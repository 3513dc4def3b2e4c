"""The command block: the first non-blank lines of the new text that are commands, each alone on its line; the rest is
the text (spec/agents.md 3).

Never fails; one pass that stops at the first line of prose. No word is lost: what is not of the block is of the rest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailgate.commands.line import read_line
from mailgate.commands.words import BLANKS

_MOST = 1_000  # far more than are read: nothing of such a mail is done
_LINE = re.compile(r"([^\n\r\u2028\u2029]*)(?:\r\n|[\n\r\u2028\u2029])?")


@dataclass(frozen=True, slots=True)
class BlockLine:
    """A line as it was typed, without its outer blanks; `number` is that of the new text, from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """The commands as lines, and the text without them; `ends_at`: the number of the text's first line."""

    lines: tuple[BlockLine, ...]
    rest: str
    ends_at: int = field(default=1, compare=False)


def find_block(new_text: str) -> Block:
    """The block at the top of a text; without lines where the text begins with prose."""
    lines: list[BlockLine] = []
    at, number = 0, 0
    for number, found in enumerate(_LINE.finditer(new_text), 1):
        typed = found[1].strip(BLANKS)
        if typed:
            if len(lines) == _MOST or read_line(typed) is None:
                break
            lines.append(BlockLine(number, typed))
        at = found.end()
    return Block(tuple(lines), new_text[at:], number)


def lines_of(text: str) -> Iterator[str]:
    """The lines as they are counted here, without their ends."""
    return (found[1] for found in _LINE.finditer(text))
