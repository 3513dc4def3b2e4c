"""A stored trace with the rules that its index skipped: each by its name and line, with what it asked and the mail had.

They are found again in the set that ran then, and judged by the mail as it is kept. What was not kept is said: a fact
that no mail holds (a customer's group), the mail itself.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict
from typing import Any

from mailgate.decision.cascade import without_control_fields
from mailgate.decision.policy import Policy
from mailgate.decision.sender import authenticity_of
from mailgate.mail.envelope import Envelope
from mailgate.mail.message import Message
from mailgate.rules.conditions import Trail
from mailgate.rules.events import GATE
from mailgate.rules.index import asked_first
from mailgate.rules.passed_over import not_in_trace, passed_over
from mailgate.rules.rule import Rule
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.situation import AuthFacts, Situation, Source
from mailgate.rules.trace import ConditionStep, Trace
from mailgate.rules.view import View

NOT_KEPT = "not kept"
_OF_MAIL: frozenset[Source | None] = frozenset(("envelope", "mail"))
CUT = "not everything of this event was kept; of the rules that are missing here these could not match"
CUT_WITHOUT_MAIL = "not everything of this event was kept, nor is the mail: which rules they were cannot be told"


def mail_as_seen(message: Message, envelope: Envelope, policy: Policy) -> View:
    """What rules could see of a mail, and nothing else."""
    checked = authenticity_of(message, envelope, policy)
    return View(
        Situation(
            GATE,
            None,
            without_control_fields(message),
            envelope,
            policy.ours,
            envelope.received_at,
            policy.site.timezone,
            authenticity=AuthFacts(checked.spf, checked.dkim, checked.dmarc),
        )
    )


def with_skipped(
    body: Mapping[str, Any], traces: Sequence[Trace], rules: Ruleset, mail: View | None
) -> Mapping[str, Any]:
    """The body of a stored trace, its events with "expanded": for each row of "unmet" the rules, and a remark.

    The rules are steps. `traces`: the same events as values; `mail` None: it is not kept, or there was none.
    """
    ran: set[str] = set()
    events = []
    for event, trace in zip(body["events"], traces, strict=True):
        rows = _of_cut(rules, trace, ran, mail) if body.get("cut") else _of_whole(rules, trace, ran, mail)
        events.append({**event, "expanded": rows} if trace.unmet else event)
        if trace.event != GATE:
            ran |= {step.rule for step in trace.steps if step.verdict == "match"}
    return {**body, "events": events}


def _of_whole(rules: Ruleset, trace: Trace, ran: Set[str], mail: View | None) -> list[dict[str, Any]]:
    rows = []
    for row, found in zip(trace.unmet, passed_over(rules, trace, ran), strict=True):
        lost = row.rules - len(found)
        remark = f"{lost} more that this version of mailgate would look at" if lost else ""
        rows.append({"steps": [_step(rule, _asked(rule, trace.event, mail)) for rule in found], "remark": remark})
    return rows


def _of_cut(rules: Ruleset, trace: Trace, ran: Set[str], mail: View | None) -> list[dict[str, Any]]:
    """All beneath the last row: a trace that was cut does not tell which row a rule is of."""
    rows: list[dict[str, Any]] = [{"steps": [], "remark": ""} for _ in trace.unmet]
    if not rows:
        return rows
    asked = [(rule, _asked(rule, trace.event, mail)) for rule in not_in_trace(rules, trace, ran)] if mail else []
    unmet = [_step(rule, steps) for rule, steps in asked if all(step.verdict == "miss" for step in steps)]
    rows[-1] = {"steps": unmet, "remark": CUT if mail else CUT_WITHOUT_MAIL}
    return rows


def _asked(rule: Rule, event: str, mail: View | None) -> list[ConditionStep]:
    """What had to be met, with what was there."""
    trail = Trail()
    for question in asked_first(rule, event):
        if mail is not None and question.field.source in _OF_MAIL:
            question.judge(mail, trail)
        else:
            trail.steps.append(ConditionStep(question.field.name, question.shown, NOT_KEPT, "miss"))
    return trail.steps


def _step(rule: Rule, conditions: Sequence[ConditionStep]) -> dict[str, Any]:
    """In the form of store.trace_text."""
    return {
        "rule": rule.name,
        "file": rule.file,
        "line": rule.mark.line,
        "verdict": "miss",
        "conditions": [asdict(each) for each in conditions],
    }
