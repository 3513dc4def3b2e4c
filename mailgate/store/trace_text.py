"""A plan's trace as it is stored: JSON of at most 8 KB, so that every decision can be explained later."""

import json
from dataclasses import asdict
from typing import Any

from mailgate.decision.plan import Plan

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
        steps = [asdict(step) for step in plan.trace.steps if step.verdict != "miss"]
        body |= {"event": plan.trace.event, "steps": steps, "skipped": plan.trace.skipped}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    while len(text) > MAX_CHARS and body.get("steps"):
        body["steps"] = body["steps"][: len(body["steps"]) // 2]
        body["cut"] = True
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text
