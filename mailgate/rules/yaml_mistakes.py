"""What was meant by a file that is no YAML: the parser's words, turned into the mistakes that people make (MG001)."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from mailgate.problems import Problem

LOOK = "look at the indentation, the quotes and the brackets here and in the line above"
_LINE_END = re.compile(r"\r\n|\r|\n")
_KEY = re.compile(r"\s*(?:- )?[\w.-]+")
_NO_COLON = re.compile(r"\s*(?:- )?([^\s:#'\"{}\[\],]+)\s*(?:\s#.*)?")
_NO_BLANK = re.compile(r"\s*(?:- )?([A-Za-z_][\w.-]*:)(?![\s/])(\S.*?)\s*")


def explained(path: str, text: str, error: yaml.MarkedYAMLError, bracket: Any) -> Problem:
    """The problem with its place and mend. `bracket`: where one was opened that is not closed, a mark or None."""
    said, context = str(error.problem or "this is not YAML"), str(error.context or "")
    lines = _LINE_END.split(text)
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(path, 1, 1, said, "MG001", LOOK)
    if (
        bracket is not None
        and "quoted scalar" not in context
        and not "".join((_of(lines, mark.line)[mark.column :], *lines[mark.line + 1 :])).strip()
    ):
        said, mark = "expected ',' or", bracket  # the file ends inside it
    elif error.context_mark and (
        "quoted scalar" in context or "could not find expected ':'" in said or "expected ',' or" in said
    ):
        mark = error.context_mark  # where it was opened says more than where the file ends
    if "mapping values are not allowed" in said and (problem := _above(path, lines, mark.line)) is not None:
        return problem
    line, column = _of(lines, mark.line), mark.column
    if line[column - 1 : column] in ("*", "&"):  # the parser points behind the sign
        column -= 1
    before, rest = line[:column], line[column:]
    for number in (mark.line, mark.line - 1):
        if number >= 0 and (odd := re.match(r"[ -]*([\u00a0\u2000-\u200b\u202f\u3000])", _of(lines, number))):
            message, mend = "this is no blank, though it looks like one", "type a blank there; it came with copying"
            return Problem(path, number + 1, odd.start(1) + 1, message, "MG001", mend)
    message, mend = next(((m, h) for fits, m, h in _hints(said, context, before, rest) if fits), (said, LOOK))
    width = len(rest.split(" ")[0]) if "colon" in message and "second" not in message else 1
    return Problem(path, mark.line + 1, column + 1, message, "MG001", mend, width=max(1, width))


def _of(lines: list[str], number: int) -> str:
    """The line of that number, counted from 0; empty behind the last."""
    return lines[number] if number < len(lines) else ""


def _above(path: str, lines: list[str], number: int) -> Problem | None:
    """The line above a key may lack its colon, or the blank behind it: YAML takes both lines for one value then."""
    if _KEY.match(_of(lines, number)) is None:
        return None
    place = next((at for at in range(number - 1, -1, -1) if lines[at].strip()), None)
    line = "" if place is None else lines[place]
    if place is None:
        return None
    if found := _NO_COLON.fullmatch(line):
        message, mend = "a key without a colon", f"write {found[1]}:"
    elif found := _NO_BLANK.fullmatch(line):
        message, mend = "no blank behind the colon", f"write {found[1]} {found[2]}"
    else:
        return None
    return Problem(path, place + 1, found.start(1) + 1, message, "MG001", mend, width=len(found[1]))


def _hints(said: str, context: str, before: str, rest: str) -> Iterator[tuple[bool, str, str]]:
    """(whether it fits, the message, the mend), the surest first."""
    sign = rest[:1]
    yield "\t" in (sign, before[-1:]), "a tab cannot indent", "indent with spaces"
    word = (re.match(r"[^\s,\]}]{0,60}", rest) or [""])[0].replace("'", "''")
    starts = sign in ("*", "&", "@", "`", "%") and sign != ""
    yield starts, f"a value cannot begin with {sign} unless it is in quotes", f"write '{word}'"
    deeper = "this line is indented deeper than the one above, so YAML takes both for one value"
    is_key = _KEY.fullmatch(before) is not None
    yield "mapping values are not allowed" in said and is_key, deeper, "begin both in the same column"
    colon = "a value that holds a colon and a blank goes into single quotes; else look at the indentation"
    yield "mapping values are not allowed" in said, "a second colon in one line", colon
    behind_key = "block sequence entries are not allowed" in said
    yield (
        behind_key,
        "a list cannot begin behind a key",
        'write each "- " on a line of its own below the key, or [a, b]',
    )
    yield "quoted scalar" in context and "escape" not in said, "the quote that opens here is never closed", "close it"
    inside = (re.search(r'"([^"]*)"', f"{before}{rest}"[before.rfind('"') if '"' in before else 0 :]) or ["", "..."])[1]
    escape = "between double quotes a backslash begins an escape"
    yield "escape" in said, escape, f"put patterns into single quotes: '{inside[:60]}'"
    slashed = re.search(r": (/.+/[isx]*)\s*[,}\]]", rest)
    brace = f"put the pattern into single quotes: '{slashed[1]}'" if slashed else ""
    yield "expected ',' or" in said and bool(slashed), "the bracket that opens here is not closed properly", brace
    comment = re.search(r"\s(#\w[^'\"\]}]*)", rest)
    hash_ = f"is {comment[1].strip()} meant? without quotes a # behind a blank begins a comment" if comment else ""
    mend = hash_ or "close it; parts have commas"
    yield "expected ',' or" in said, "the bracket that opens here is not closed properly", mend
    glued = _NO_BLANK.fullmatch(rest)
    yield glued is not None, "no blank behind the colon", f"write {glued[1]} {glued[2]}" if glued else ""
    key, _, value = rest.partition(" ")
    yield "could not find expected ':'" in said, "a key without a colon", f"write {key}: {value.strip()}".rstrip()
    behind = "put the whole value into one pair of quotes"
    structure = "did not find expected" in said or "expected <" in said  # libyaml's words, and PyYAML's
    yield structure and bool(before.strip()), "something stands behind a finished value", behind
    indent = "lines of one list or mapping begin in the same column"
    yield structure, "the indentation does not fit what stands above", indent
