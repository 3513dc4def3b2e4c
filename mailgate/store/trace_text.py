"""A plan's trace as it is stored: JSON of at most 8 KB, so that every decision can be explained later."""

import json
from typing import Any

from mailgate.decision.plan import Plan
from mailgate.rules.trace import ConditionStep, Step

MAX_CHARS = 8_000
_VALUE = 120


def trace_text(plan: Plan) -> str:
    """Evidence (the winner first) and the rule steps; what is too long is cut and says so."""
    evidence = [
        {"kind": each.kind, "value": each.value[:_VALUE], "ticket": each.ticket, "won": each is plan.won}
        for each in (*((plan.won,) if plan.won else ()), *plan.lost[:20])
    ]
    body: dict[str, Any] = {"evidence": evidence, "authenticity": plan.authenticity}
    if plan.trace is not None:
        steps = [step for step in plan.trace.steps if step.verdict != "miss"]
        body |= {"event": plan.trace.event, "steps": steps, "skipped": plan.trace.skipped}
    text = _json(body)
    while len(text) > MAX_CHARS and body.get("steps"):
        body["steps"] = body["steps"][: len(body["steps"]) // 2]
        body["cut"] = True
        text = _json(body)
    return text


def _fields(step: Step | ConditionStep) -> dict[str, Any]:
    return {name: getattr(step, name) for name in step.__slots__}


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_fields).encode
