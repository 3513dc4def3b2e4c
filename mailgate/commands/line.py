"""One typed line: is it a command, which verb, which value (spec/agents.md 3).

`#` and a letter is a command; `#` and a digit, a blank or another `#` is prose; `/` counts only before a known verb.
What phones and mail clients do to a line is forgiven: bold, an escaped `\\#`, a full-width `＃`, invisible
characters, a colon or full stop behind the verb, a value without its blank (`#pending3d`).
"""

import re
from dataclasses import dataclass

from mailgate.commands.catalogue import Verb, find_verb
from mailgate.commands.words import BLANKS, clean

LONGEST_LINE = 200  # characters; beyond it a command is refused, not read
_ENOUGH = 2 * LONGEST_LINE

_DECORATED = re.compile(r"([*_`]{1,3})(?=\\{0,2}#)")
_HEAD = re.compile(r"\\{0,2}([#/])(([^\W\d_]+)[\w‐-―-]*\??)")
_BEHIND_THE_VERB = re.compile(r"[.,;!_]*\s*[:=]?\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """What a line orders. `word` is the verb as it was typed; `verb` None where nobody knows it."""

    word: str
    verb: Verb | None
    value: str


def read_line(text: str) -> Line | None:
    """The command in a line, or None where the line is prose. Of a longer line the first 400 characters count."""
    typed = _undecorated(clean(text.strip(BLANKS)[:_ENOUGH]))
    head = _HEAD.match(typed)
    if not head:
        return None
    sigil, word, letters = head.groups()
    behind = typed[head.end() :]
    verb = find_verb(word)
    if sigil == "/" and (verb is None or behind[:1] not in ("", " ", ":", "=")):
        return None
    if verb is None and (verb := find_verb(letters)):
        word, behind = letters, word[len(letters) :] + behind
    return Line(word, verb, _BEHIND_THE_VERB.sub("", behind, count=1).strip())


def may_be(verb: str, text: str) -> bool:
    """Whether a line is that command, or one that nobody knows and that may be meant to be it."""
    line = read_line(text)
    return line is not None and (line.verb is None or line.verb.name == verb)


def _undecorated(typed: str) -> str:
    """Without the marks of bold, italic or code around the line, or around its verb."""
    marks = _DECORATED.match(typed)
    if not marks:
        return typed
    mark, inside = marks[1], typed[marks.end() :]
    if inside.endswith(mark):
        return inside[: -len(mark)].rstrip()
    around_the_verb = inside.find(mark)
    if 0 < around_the_verb < inside.find(" "):
        return inside[:around_the_verb] + inside[around_the_verb + len(mark) :]
    return inside
