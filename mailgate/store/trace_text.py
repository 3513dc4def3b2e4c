"""A plan's trace as it is stored: JSON of at most 8,000 characters, so that every decision can be explained later.

    {"evidence": [{"kind", "value", "ticket", "won"}], "authenticity", "cut",
     "events": [{"event", "about", "ruleset", "skipped", "stopped", "again",
                 "steps": [{"rule", "file", "line", "verdict", ...}]}]}

What is empty in a step is left out. "unmet", where there are many rules: [before which step, how many rules were passed
over there, the fields that they need]. Where not everything fits, "cut" is true: first the rules that did not match go.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mailgate.decision.plan import Plan
from mailgate.rules.trace import ConditionStep, Step, Trace, Unmet

MAX_CHARS = 8_000
MAX_LOST = 20  # pieces of evidence that did not win
MAX_UNMET = 8  # rows of rules that were passed over; the last has the rest
MAX_FIELDS = 4
_VALUE = 120
_ROOM_OF_EVIDENCE = 3_000
_ROOM_OF_EVENTS = 1_500
_SURELY_FIT = 16  # steps of the usual size; more are taken one by one
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def trace_text(plan: Plan) -> str:
    """Evidence (the winner first), then each event with the rules that were looked at."""
    evidence = [
        {"kind": each.kind, "value": each.value[:_VALUE], "ticket": each.ticket, "won": each is plan.won}
        for each in (*((plan.won,) if plan.won else ()), *plan.lost[:MAX_LOST])
    ]
    body = {"evidence": evidence, "authenticity": plan.authenticity}
    if sum(len(trace.steps) for trace in plan.traces) <= _SURELY_FIT:
        events = [{**_head(trace), "steps": [_step(step) for step in trace.steps]} for trace in plan.traces]
        text = _json({**body, "events": events})
        if len(text) <= MAX_CHARS:
            return text
    return _fitted(plan, evidence)


def _fitted(plan: Plan, evidence: Sequence[Any]) -> str:
    """The same with what fits. Every step is written once at most, however many there are."""
    room = MAX_CHARS - len('{"evidence":[],"authenticity":,"events":[],"cut":true}') - len(_json(plan.authenticity))
    proof = _fitting(map(_json, evidence), _ROOM_OF_EVIDENCE)
    heads = _fitting((_json({**_head(trace), "steps": []}) for trace in plan.traces), _ROOM_OF_EVENTS)
    room -= sum(len(each) + 1 for each in (*proof, *heads))
    traces = plan.traces[: len(heads)]
    steps = [(place, step) for place, trace in enumerate(traces) for step in trace.steps]
    important = [n for n, (_, step) in enumerate(steps) if step.verdict != "miss"]
    written: dict[int, str] = {}
    for order in (important, [n for n, (_, step) in enumerate(steps) if step.verdict == "miss"]):
        texts = _fitting((_json(_step(steps[n][1])) for n in order), room)
        room -= sum(len(text) + 1 for text in texts)
        written |= dict(zip(order, texts, strict=False))
        if len(texts) < len(order):
            break
    whole = len(written) == len(steps) and len(proof) == len(evidence) and len(heads) == len(plan.traces)
    by_event: list[list[str]] = [[] for _ in traces]
    for n in sorted(written):
        by_event[steps[n][0]].append(written[n])
    events = (f"{head[:-2]}{','.join(mine)}]}}" for head, mine in zip(heads, by_event, strict=True))
    parts = [f'"evidence":[{",".join(proof)}]', f'"authenticity":{_json(plan.authenticity)}']
    parts += [f'"events":[{",".join(events)}]', *([] if whole else ['"cut":true'])]
    return f"{{{','.join(parts)}}}"


def _fitting(texts: Iterable[str], room: int) -> list[str]:
    """The first of `texts` that have room, with a comma each."""
    found = []
    for text in texts:
        room -= len(text) + 1
        if room < 0:
            break
        found.append(text)
    return found


def _head(trace: Trace) -> dict[str, Any]:
    head: dict[str, Any] = {"event": trace.event, "ruleset": trace.ruleset, "skipped": trace.skipped}
    for name in ("about", "stopped", "again"):
        if value := getattr(trace, name):
            head[name] = value
    if trace.unmet:
        head["unmet"] = [(each.place, each.rules, each.fields[:MAX_FIELDS]) for each in _rows(trace.unmet)]
    return head


def _rows(unmet: Sequence[Unmet]) -> Sequence[Unmet]:
    first, rest = unmet[: MAX_UNMET - 1], unmet[MAX_UNMET - 1 :]
    if len(rest) < 2:
        return unmet
    fields = tuple(dict.fromkeys(field for each in rest for field in each.fields))
    return (*first, Unmet(rest[0].place, sum(each.rules for each in rest), fields))


def _step(step: Step) -> dict[str, Any]:
    fields: dict[str, Any] = {"rule": step.rule, "file": step.file, "line": step.line, "verdict": step.verdict}
    if step.case:
        fields["case"] = step.case
    if step.conditions:
        fields["conditions"] = [
            {"field": each.field, "match": each.match, "value": each.value, "verdict": each.verdict}
            for each in step.conditions
        ]
    if step.actions:
        fields["actions"] = step.actions
    if step.error:
        fields["error"] = step.error
    if step.limited:
        fields["limited"] = step.limited
    return fields


def read_traces(text: str) -> tuple[Trace, ...]:
    """The traces that stand in a text of this form."""
    return traces_in(json.loads(text))


def traces_in(body: Mapping[str, Any]) -> tuple[Trace, ...]:
    """The same of a text that was read."""
    return tuple(
        Trace(
            event["event"],
            event.get("ruleset", ""),
            tuple(map(_read_step, event["steps"])),
            event.get("skipped") or 0,
            tuple(Unmet(place, rules, tuple(fields)) for place, rules, fields in event.get("unmet", ())),
            event.get("about", ""),
            event.get("stopped") or 0,
            event.get("again") or 0,
        )
        for event in body.get("events", ())
    )


def _read_step(fields: dict[str, Any]) -> Step:
    conditions = tuple(ConditionStep(**each) for each in fields.get("conditions", ()))
    return Step(
        fields["rule"],
        fields["file"],
        fields["line"],
        fields["verdict"],
        fields.get("case", 0),
        conditions,
        tuple(fields.get("actions", ())),
        fields.get("error", ""),
    )
