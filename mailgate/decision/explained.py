"""Why something was treated as it was, on one screen: evidence, rules with what they saw, and what came of it.

Made from a trace as it is stored (store.trace_text), so that yesterday's mail and a dry run read alike. Total: whatever
stands in an old trace gives a page. Signed parts of addresses are left out: they are their owners' alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from textwrap import wrap
from typing import Any

from mailgate.rules.events import REFUSED
from mailgate.tickets.signed import without_tokens

WIDTH = 76
_MARKS = {"match": "✓", "miss": "✗", "error": "!"}
_NOTHING_SEEN = "–"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:\d\d(?::\d\d)?|Z)")
_WIDEST_NAME, _WIDEST_PLACE = 24, 20
_NARROW, _BENEATH = 40, " " * 5
_TOGETHER = "\N{NO-BREAK SPACE}"  # between words that stay on one line
_KINDS = {
    "auto-reply": "automatic answer",
    "agent": "automatic notice",
    "report": "automatic report",
    "forward": "automatic copy",
    "customer": "answer",
}
_NOT_ASKED = {
    "stopped": "not asked since one stopped",
    "again": "ran already",
    "skipped": "for other events",
}
_NOT_FOR_PEOPLE = ("definition",)
_CALLS = {"webhook.queued": "webhook", "program.queued": "program"}
_CHANGES = {
    "queue.changed": "queue",
    "state.changed": "state",
    "priority.changed": "priority",
    "owner.changed": "owner",
}


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """The record of one mail or timer. `spool_id` None: no mail was behind it; `body` as store.trace_text has it."""

    at: datetime
    spool_id: int | None
    ruleset: str  # the hash of the set that ran
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredMail:
    """An outgoing mail. `at`: when it was sent or given up; `id` None: it was not really written."""

    id: int | None
    kind: str
    template: str
    recipient: str
    subject: str
    state: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredEffect:
    """Something that was done, as the history has it, with the mail where it was one."""

    actor: str
    event: str
    detail: Mapping[str, Any]
    mail: StoredMail | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """One trace with everything that came of it."""

    trace: StoredTrace
    effects: tuple[StoredEffect, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedTicket:
    """A ticket and its traces, the oldest first: of `of` those from the number `first` on. Without `number`: what
    happened to no ticket."""

    number: str
    subject: str
    of: int = 0
    first: int = 1
    traces: tuple[Explained, ...] = ()
    fate: str = ""  # what became of the mail, where one is asked about


def explained(
    trace: StoredTrace, zone: tzinfo, effects: Sequence[StoredEffect] = (), width: int = WIDTH, cause: str = ""
) -> str:
    """The page. Times are told in `zone`; no line is longer than `width` where words allow it. `cause` stands for the
    mail's number where it has none."""
    events = _dicts(trace.body.get("events"))
    sheet = _Sheet(events, effects, zone, width)
    if not (trace.spool_id or trace.ruleset or cause):
        agents = (each.actor.removeprefix("agent:") for each in effects if each.actor.startswith("agent:"))
        cause = next((f"a mail of {_line(name)}" for name in agents), "")
    blocks = [_head(trace, zone, width, cause)]
    if before := sheet.told_of_others():
        blocks.append(before)
    blocks += [sheet.event(event, first=place == 0) for place, event in enumerate(events)]
    if trace.body.get("cut"):
        blocks.append(["not everything could be kept: rules that did not match are missing here"])
    return without_tokens("\n\n".join("\n".join(block) for block in blocks))


def told_of_ticket(found: ExplainedTicket, zone: tzinfo, width: int = WIDTH, *, remark: bool = True) -> str:
    """The page of a ticket, or of what has no ticket. One of several traces says which it is; with `remark` the page
    says where some are missing, and how to see them."""
    blocks = [f"#{_line(found.number)}  {_line(found.subject)}"] if found.number else []
    if remark and (missing := found.of - len(found.traces)):
        ask = f"`mailgate explain {_line(found.number)} --last {found.of}` shows all, `--event N` one of them"
        blocks.append("\n".join(hanging("", [f"{missing:,} of {found.of:,} events are not shown: {ask}"], width)))
    for number, each in enumerate(found.traces, found.first):
        line = f"{f'---- event {number} of {found.of} ':-<40}\n" if number > 1 else ""
        blocks.append(line + explained(each.trace, zone, each.effects, width))
    if not found.of and not found.fate:
        blocks.append(f"no rule has run on {'this ticket' if found.number else 'the desk itself'} yet")
    if found.fate:
        blocks.append("\n".join(hanging("", [f"outcome: {_line(found.fate)}"], width)))
    return "\n\n".join(blocks)


class _Sheet:
    """Lays out one trace; effects are told beneath the rule that caused them."""

    def __init__(
        self, events: Sequence[Mapping[str, Any]], effects: Sequence[StoredEffect], zone: tzinfo, width: int
    ) -> None:
        steps = [step for event in events for step in (*_dicts(event.get("steps")), *expanded(event))]
        self._name = min(_WIDEST_NAME, max((len(_line(step.get("rule"))) for step in steps), default=0))
        self._place = min(_WIDEST_PLACE, max((len(_place(step)) for step in steps), default=0))
        self._zone, self._width = zone, width
        ran = {f"rule:{step.get('rule')}" for step in steps if step.get("verdict") == "match"}
        self._of_others = [each for each in effects if each.actor not in ran]
        self._left = [each for each in effects if each.actor in ran]

    def told_of_others(self) -> list[str]:
        """What the mail itself did, before and beside the rules."""
        actors = min(_WIDEST_NAME, max((len(_line(each.actor)) for each in self._of_others), default=0))
        lines = []
        for each in self._of_others:
            lines += hanging(f" {_line(each.actor):<{actors}}  ", [effect_line(each, self._zone)], self._width)
        return lines

    def event(self, event: Mapping[str, Any], *, first: bool) -> list[str]:
        steps = _dicts(event.get("steps"))
        about = f"  {_line(event['about'])}" if event.get("about") else ""
        rules = len({str(step.get("rule")) for step in steps})  # a table has a step for each case
        looked = f"{rules} rule{'s' * (rules != 1)} looked at"
        others = "".join(f", {_line(event[key])} {why}" for key, why in _NOT_ASKED.items() if event.get(key))
        head = f"{'' if first else 'then '}{_line(event.get('event'))}{about}    {looked}{others}"
        lines = hanging("", [head], self._width)
        for place in range(len(steps) + 1):
            lines += self._passed_over(event, place, len(steps))
            lines += self._rule(steps[place]) if place < len(steps) else []
        return lines

    def _passed_over(self, event: Mapping[str, Any], place: int, end: int) -> list[str]:
        """The rows of rules that stand before that step; where they were looked for, each rule beneath."""
        lines = []
        unmet = event.get("unmet") or ()
        for row, more in zip(unmet, event.get("expanded") or [{}] * len(unmet), strict=True):
            if min(row[0], end) == place:
                lines.append(_passed_over(row))
                lines += [line for step in more.get("steps", ()) for line in self._rule(step)]
                lines += hanging("   ", [more["remark"]], self._width) if more.get("remark") else []
        return lines

    def _rule(self, step: Mapping[str, Any]) -> list[str]:
        head = f" {_mark(step)} {_line(step.get('rule')):<{self._name}}  {_place(step):<{self._place}}  "
        told = [*_seen(step), *self._came_of(step)]
        if self._width - len(head) < _NARROW:  # as in a mail: beside long names nothing could be read
            return [head.rstrip(), *(line for line in hanging(_BENEATH, told, self._width) if line)]
        return hanging(head, told, self._width)

    def _came_of(self, step: Mapping[str, Any]) -> Iterator[str]:
        yield from (_line(action) for action in step.get("actions") or ())
        if step.get("limited"):
            yield f"only its notifications are done: {_line(step['limited'])}"
        if step.get("verdict") == "match":
            actor = f"rule:{step.get('rule')}"
            yield from (f"→ {effect_line(each, self._zone)}" for each in self._left if each.actor == actor)
            self._left = [each for each in self._left if each.actor != actor]


def expanded(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The rules that were passed over, as steps, where they were looked for (decision.skipped)."""
    return (step for row in event.get("expanded") or () for step in row["steps"])


def _passed_over(unmet: Sequence[Any]) -> str:
    """Rules that could not match: what they need was not there."""
    _, rules, fields = unmet
    what = ", ".join(f"`{_line(each)}`" for each in fields)
    return f" – {_line(rules)} rule{'s' * (rules != 1)} skipped: their {what} was not met"


def effect_line(effect: StoredEffect, zone: tzinfo) -> str:
    """What was done, in a few words."""
    detail = effect.detail
    if effect.event in _CHANGES:
        by_name = detail.get("how") in (detail.get("new"), "none")  # a rule that names the agent: said already
        how = f" ({_line(detail['how'])})" if detail.get("how") and not by_name else ""
        said = (
            f"{_CHANGES[effect.event]} {_line(detail.get('old') or 'nobody')} → {_line(detail.get('new') or 'nobody')}"
        )
        return said + how
    if effect.event == "mail.composed":
        kind = _KINDS.get(str(detail.get("kind")), detail.get("kind"))
        said = f'{_line(kind)} "{_line(detail.get("template"))}" to {_line(detail.get("to"))}'
        return f"{said}, {_fate(effect.mail, zone)}" if effect.mail else said
    if effect.event in _CALLS:
        words = (_CALLS[effect.event], *(_line(detail.get(key)) for key in ("name", "method", "url")))
        said = " ".join(filter(None, words))
        return f"{said}, {_fate(effect.mail, zone)}" if effect.mail else said
    if effect.event == "mail.withheld":
        said = f'"{_line(detail.get("template"))}" to {_line(detail.get("to"))} withheld'
        return f"{said}: {_line(detail.get('reason'))}"
    if effect.event == "mail.joined":
        due = _spelt(detail.get("due"), zone)
        return f"{_line(detail.get('agent'))} hears of it in a list, {due}: {_line(detail.get('line'))}"
    if effect.event == "article.added" and "verified" in detail:  # not to be taken for the sender's authenticity
        apart = {} if detail["verified"] else {"filed": "apart"}
        detail = {key: value for key, value in detail.items() if key != "verified"} | apart
    if detail.keys() == {"text"}:  # it says it all
        return f"{_line(effect.event)}  {_line(detail['text'])}"
    told = ", ".join(
        f"{_line(key)} {_spelt(value, zone)}"
        for key, value in detail.items()
        if value not in (None, "", [], {}) and key not in _NOT_FOR_PEOPLE
    )
    return f"{_line(effect.event)}  {told}".rstrip()


def _fate(mail: StoredMail, zone: tzinfo) -> str:
    number = "" if mail.id is None else f"outbox {mail.id} "
    said = f"{number}{mail.state}{f' {mail.at.astimezone(zone):%H:%M:%S}' if mail.at else ''}"
    return said.replace(" ", _TOGETHER)


def _head(trace: StoredTrace, zone: tzinfo, width: int, cause: str) -> list[str]:
    first = next(iter(_dicts(trace.body.get("events"))), {}).get("event")
    nobody = "a reload" if first == REFUSED else "a timer" if trace.ruleset else "by hand"
    cause = cause or (f"mail S{trace.spool_id}" if trace.spool_id else nobody)
    rules = f"rules {_line(trace.ruleset)}" if trace.ruleset else "no rule looked at it"
    lines = [f"{cause}   {trace.at.astimezone(zone):%Y-%m-%d %H:%M:%S}   {rules}"]
    evidence = _dicts(trace.body.get("evidence"))
    where = next((each.get("ticket") for each in evidence if each.get("won")), None)
    for each in sorted(evidence, key=lambda each: not each.get("won")):
        mark = "✓" if each.get("won") else "·" if each.get("ticket") == where else "✗"  # "·": it says the same
        ticket = f" → #{_line(each['ticket'])}" if each.get("ticket") else ""
        lines += hanging(f" {mark} ", [f"{_line(each.get('kind'))} {_line(each.get('value'))}{ticket}"], width)
    if not evidence and trace.spool_id and trace.ruleset:
        lines.append(" – no evidence of an earlier ticket")
    if trace.spool_id and trace.ruleset:
        lines.append(f"   sender's authenticity: {_line(trace.body.get('authenticity') or 'unknown')}")
    return lines


def _seen(step: Mapping[str, Any]) -> Iterator[str]:
    """The case, the conditions as they were met, the error."""
    case = f"case {_line(step['case'])}" if step.get("case") else ""
    conditions = _dicts(step.get("conditions"))
    if case and not conditions:
        yield f"{case}, else"
    for each in conditions:
        wrong = "" if each.get("verdict") == step.get("verdict") else f" {_MARKS.get(str(each.get('verdict')), '?')}"
        value = _line(each.get("value")) or "none"
        seen = f"{_line(each.get('field'))} {_line(each.get('match'))}: {value}{wrong}".replace("  ", " ")
        yield f"{case}: {seen}" if case else seen
        case = ""
    if step.get("error"):
        yield f"error: {_line(step['error'])}"


def _mark(step: Mapping[str, Any]) -> str:
    """A rule that found nothing to look at is told apart from one that saw something else."""
    missed = [each for each in _dicts(step.get("conditions")) if each.get("verdict") == "miss"]
    if step.get("verdict") == "miss" and missed and not any(each.get("value") for each in missed):
        return _NOTHING_SEEN
    return _MARKS.get(str(step.get("verdict")), "?")


def _place(step: Mapping[str, Any]) -> str:
    return f"{_line(step.get('file')).removesuffix('.yaml')}:{_line(step.get('line'))}"


def hanging(head: str, parts: Iterable[str], width: int) -> list[str]:
    """The head, and the parts beside it, each beginning on a line of its own."""
    lines: list[str] = []
    for part in parts:
        wrapped = wrap(part, max(24, width - len(head)), break_long_words=False, break_on_hyphens=False) or [""]
        lines += (line.replace(_TOGETHER, " ") for line in wrapped)
    margin = " " * len(head)
    return [f"{margin if number else head}{line}".rstrip() for number, line in enumerate(lines or [""])]


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def _spelt(value: Any, zone: tzinfo) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_line(key)} = {_spelt(each, zone)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_spelt(each, zone) for each in value)
    if isinstance(value, str):
        return _line(local_time(value, zone))
    return {True: "yes", False: "no"}.get(value, _line(value)) if isinstance(value, bool) else _line(value)


def local_time(text: str, zone: tzinfo) -> str:
    """A moment that a program wrote, as a person reads it: local, to the minute. Other text as it is."""
    if not _MOMENT.fullmatch(text):
        return text
    try:
        return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return text


def _line(value: Any) -> str:
    """One line without control characters, of what a stranger may have written."""
    text = "" if value is None else str(value)
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
