"""The line or lines that say who wrote what is quoted below: "On 2 March 2026 Ana Silva wrote:", in any language.

Looks at no more than four bounded lines for each line that could end one; total.
"""

import re
from collections import deque
from collections.abc import Sequence

from mailgate.mail.plain import clean, plain
from mailgate.mail.quotation_words import OPENERS, QUOTING, WROTE, WROTE_UNSPACED

MOST_LINES = 4
_LONGEST_LINE = 400


def _one_of(phrases: Sequence[str]) -> str:
    return "|".join(map(re.escape, phrases))


_VERB = re.compile(rf"(?<!\w)(?:{_one_of(WROTE)})(?!\w)|{_one_of(WROTE_UNSPACED)}")
_END = re.compile(r"[:：]$|(?<!\w)(?:wrote|schrieb|a ecrit|escribio|escreveu) ?[-_.]{0,5}$|>>>$")
_OPENER = re.compile(
    rf"(?:{_one_of(OPENERS)})(?!\w)[^\n]{{0,40}}?\d"
    r"|(?:[^\W\d]{1,12}[.,]{0,2} ){0,2}\d{1,4}[\s,./年-]|\d{4}\S|\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?, "
)
_OPENER_WORD = re.compile(rf"(?:{_one_of(OPENERS)}) ")
_MOST_WORDS = 8
_QUOTING = re.compile(rf"(?:{_one_of(QUOTING)}) \S[^\n]{{1,120}}[:：]$")
_ADDRESS = re.compile(r"[^\s<>@\"]@[^\s<>@\"]+\.[^\s<>@\"]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}|\d{1,2} ?[ap]\.?m\b|\d{1,2}[-./]\d{1,2}[-./]\d{2}")
_DASHED = re.compile(r"-{2,6} ?(on .{10,200}) ?-{2,6}$")
_NAME_WROTE = re.compile(r"(?:[^\W\d_][\w.'’-]* ){1,3}(?:\S+ )?$")
_WROTE_WHEN = re.compile(  # "schrieb am Mo., 2. März 2026 um 10:00 Uhr:", "wrote on 02.03.2026 10:00:12:"
    r"(?: [^\W\d]{1,9}[.,]{0,2}){0,2} \d[\d./-]{0,9}(?:,? (?:[^\W\d]{1,12}\.?|\d[\d:.h]{0,9})){1,7} ?[:：]$"
)
_NAMED = r"[^\s<>()@][^<>()@]{0,60} ?[<(](?:mailto:)?[^\s<>()@]+@[^\s<>()@]+[>)]"
_NAME_AND_ADDRESS = re.compile(rf"(?:-{{2,6}} ?)?{_NAMED} ?$")
_VIA = re.compile(r"[^:]{1,60} via [^:]{1,60} $")  # a list's or a desk's name beside the writer's
_DATE_AND_ADDRESS = re.compile(  # Gmail's until 2016, where no language was set
    rf"\d{{4}}([-/])\d{{1,2}}\1\d{{1,2}}(?: \d{{1,2}}:\d\d(?: gmt[+-]\d\d:\d\d)?)? {_NAMED}$"
)
_SENTENCE_END = (".", "!", "?", "。", "！", "？", ";")
_DAY_OF_A_MONTH = re.compile(r"(?<!\d)\d{1,2}\.$")  # "am So., 1." ends no sentence


def attribution_above(lines: Sequence[str], end: int, *, quoted_below: bool) -> int | None:
    """The first line of the attribution whose last line is `end`, or None.

    `quoted_below`: what follows is marked as quoted; without such marks it must say when, and by whom or at what time.
    """
    written = lines[end][:_LONGEST_LINE].strip()
    if not may_end(written) or len(lines[end]) > _LONGEST_LINE:
        return None
    fallback: int | None = None
    joined = ""
    for first in range(end, max(-1, end - MOST_LINES), -1):
        line = lines[first].strip()
        if not line or (first < end and (_ends_a_sentence(line) or line.startswith(">"))):
            break
        if first < end and may_end(line) and len(line) < _LONGEST_LINE and _VERB.search(plain(line)):
            break
        joined = f"{line[:_LONGEST_LINE]} {joined}".strip()
        text = plain(clean(joined)).strip("*_ |").strip()
        if not _says_who(text, joined, quoted_below):
            continue
        if _OPENER.match(text) or _QUOTING.match(text):
            return first
        if fallback is None and not line.startswith(("<", "(")) and not line[:1].islower():
            fallback = first
        starts_a_paragraph = first == 0 or not lines[first - 1].strip() or lines[first - 1].startswith(">")
        if fallback is None and starts_a_paragraph and first == end:
            return first
    return fallback


def _ends_a_sentence(line: str) -> bool:
    return line.endswith(_SENTENCE_END) and _DAY_OF_A_MONTH.search(line) is None


_LAST = frozenset(":：>-\u200e\u200f\u202c")  # the last three end a change of direction
_VERBS_AT_THE_END = ("wrote", "wrote.", "schrieb", "écrit", "escribió", "escreveu")


def may_end(line: str) -> bool:
    """Cheap: whether a stripped line could be the last of an attribution."""
    return line[-1:] in _LAST or line[-2:-1] in ":：" or line.endswith(_VERBS_AT_THE_END)


def _says_who(text: str, written: str, quoted_below: bool) -> bool:
    if (dashed := _DASHED.match(text)) is not None:
        return _VERB.search(dashed[1]) is not None
    if _QUOTING.match(text):
        return quoted_below or "@" in text
    if quoted_below and _DATE_AND_ADDRESS.match(text):
        return True
    if not _END.search(text):
        return False
    dated = bool(_YEAR.search(text) or _TIME.search(text))
    addressed = _ADDRESS.search(text) is not None
    if text.startswith(">>>") or text.endswith(">>>"):
        return dated
    verb = _last(_VERB, text)
    if verb is None:
        return dated and addressed and _OPENER.match(text) is not None
    who, soon = text[: verb.start()], _ends_soon(text, verb)
    if soon and _NAME_AND_ADDRESS.match(who):
        return True
    if not quoted_below:
        said_when = addressed or soon or bool(_OPENER.match(text)) or _tells_when(who, text[verb.end() :], written)
        return dated and said_when and _has_two(text)
    return (
        dated
        or addressed
        or any(map(str.isdigit, text))
        or (soon and (_is_a_name(who, written) or _VIA.match(who) is not None))
        or _is_on_a_day(text, written)
    )


def _is_on_a_day(text: str, written: str) -> bool:
    """`On Monday, Support wrote:`, `Am Montag schrieb Ana:`, as some programs tell it and as people type it."""
    opener = _OPENER_WORD.match(text)
    words = written.split()
    return opener is not None and len(words) <= _MOST_WORDS and any(word[:1].isupper() for word in words[1:])


def _tells_when(who: str, rest: str, written: str) -> bool:
    """`Ana Silva schrieb am 2. März 2026 um 10:00:`; nothing but the day and the time follows the verb."""
    told = bool(_YEAR.search(rest) and _TIME.search(rest)) and _WROTE_WHEN.match(rest) is not None
    return told and 0 < len(who.split()) <= 5 and written[:1].isupper()


def _has_two(text: str) -> bool:
    """When it is not marked as quoted, a year alone is not enough: a time, an address or a whole date must be there."""
    return bool(_TIME.search(text) or _ADDRESS.search(text) or (_YEAR.search(text) and _OPENER.match(text)))


def _ends_soon(text: str, verb: re.Match[str]) -> bool:
    return len(text) - verb.end() <= 3


def _is_a_name(text: str, written: str) -> bool:
    """`Ana Silva wrote:`; a name's words begin with capitals."""
    words = written.split()[: len(text.split())]
    return (
        bool(words) and len(words) <= 4 and _NAME_WROTE.match(text) is not None and all(w[:1].isupper() for w in words)
    )


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return deque(pattern.finditer(text), maxlen=1).pop() if pattern.search(text) else None
