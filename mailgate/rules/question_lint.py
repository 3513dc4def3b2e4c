"""What one question alone gives away: that it holds always, asks the same twice, or is a pattern without need."""

import re

from mailgate.rules.conditions import Question
from mailgate.rules.covers import NUMERIC, span
from mailgate.rules.findings import Findings, quoted
from mailgate.rules.implies import accepted, words_of
from mailgate.rules.patterns import Glob, Matches, Pattern

ALWAYS_THERE = frozenset("subject body body.new text lang queue state priority".split())
_NEVER_NEGATIVE = frozenset("attachment.count messages queue.size".split())
_EVERYTHING = frozenset((".*", "^.*", ".*?", "^", "$", "^.*?", ".*$", "(.*)", "(?:.*)", "^(.*)"))
_WORDS = re.compile(r"\\b([A-Za-z0-9_]+(?: [A-Za-z0-9_]+)*)\\b")
_PLAIN = re.compile(r"(?=..)[^\W_]+(?: [^\W_]+)*")
_ATOM = r"(?:[^()\\\[\]+*?{}|]|\\.|\[[^\]]+\])"
_REPEATED_TWICE = re.compile(rf"\((?:\?:|\?P<\w+>)?{_ATOM}[+*](?:{_ATOM}[?*])*\)[+*]")


def lint_question(question: Question, findings: Findings) -> None:
    """Adds warnings about one question."""
    if len(set(question.patterns)) < len(question.patterns):
        findings.warning(question.mark, "MG202", "a value stands in this list twice", "take one out")
    if _always(question):
        message = f'"{question.field.name}" is always so: this condition holds for everything'
        findings.warning(question.mark, "MG204", message, "leave it out, or ask for less")
    for pattern in question.patterns:
        if isinstance(pattern, Matches):
            _pattern(pattern, question, findings)


def _always(question: Question) -> bool:
    words = accepted(question)
    if words is not None:
        return words == frozenset(words_of(question.field) or ())
    return not question.negated and any(_takes_all(pattern, question.field.name) for pattern in question.patterns)


def _takes_all(pattern: Pattern, field: str) -> bool:
    if isinstance(pattern, NUMERIC):
        low, high = span(pattern)
        return field in _NEVER_NEGATIVE and low <= (0, 0) and high == (float("inf"), 0)
    if field not in ALWAYS_THERE:
        return False
    if isinstance(pattern, Matches):
        return not pattern.names and pattern.regex.text in _EVERYTHING
    return isinstance(pattern, Glob) and not any(pattern.pieces)


def _pattern(pattern: Matches, question: Question, findings: Findings) -> None:
    text = pattern.regex.text
    if _REPEATED_TWICE.search(text):
        message = "a repetition within a repetition: it takes what one of them takes (RE2 is not slowed by it)"
        findings.warning(question.mark, "MG132", message, "take one of the two signs + or * out")
    if question.field.kind != "text":
        return
    name, words = question.field.name, _WORDS.fullmatch(text)
    if words and pattern.regex.search(words[1].encode()) is not None:
        message = f"this pattern is just the phrase {quoted(words[1])}"
        findings.info(question.mark, "MG403", message, f"write {name}: {words[1]}")
    elif _PLAIN.fullmatch(text):
        message = f"this pattern is just the text {quoted(text)}, inside longer words too"
        mend = f"write {name}: {text} for the word alone, {name}: '*{text}*' for parts of words too"
        findings.info(question.mark, "MG403", message, mend)
