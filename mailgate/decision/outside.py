"""Calls of web addresses and starts of programs, as a plan holds them: ready to be stored, and done later.

What is told of an event holds no word of a customer: neither texts nor the subject, no address, no ticket field (rules
fill those from mail). A rule that wants them asks for them in `body`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from mailgate.decision.draughtsman import Draughtsman, Happening
from mailgate.decision.effects import CallOutside
from mailgate.decision.plan import OutsideCall
from mailgate.rules.actions import Fired
from mailgate.rules.outside import CallWebhook, RunProgram

PROGRAM_RETRIES = 8
KEY_CHARS = 32
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def call_outside(pen: Draughtsman, fired: Fired, action: CallWebhook | RunProgram, happening: Happening) -> None:
    """Put what a rule asks for into the plan."""
    key = idempotency_key(pen, fired)
    call = outside_call(action, happening.event, fired.rule, key, _document(pen, fired, happening, key))
    pen.calls.append(call)
    pen.effect(f"rule:{fired.rule}", CallOutside(call.kind, call.name, call.target, call.method, key))


def outside_call(
    action: CallWebhook | RunProgram, event: str, rule: str, key: str, told: Mapping[str, Any]
) -> OutsideCall:
    """A call as it is stored; `told`: the document of the event."""
    document = _json(told)
    match action:
        case CallWebhook(name, address, method, body, timeout, retries):
            text = document if body is None else _json(dict(body))
            content = b"" if method == "GET" else text.encode()
            return OutsideCall("webhook", name, str(address), key, content, event, rule, timeout, retries, method)
        case RunProgram(name, timeout):
            return OutsideCall("program", name, name, key, document.encode(), event, rule, timeout, PROGRAM_RETRIES)


def idempotency_key(pen: Draughtsman, fired: Fired) -> str:
    """The same for the same action of the same rule for the same event, and for nothing else.

    A ticket's version moves with each plan, and within a plan a rule runs once at most: together they name the event.
    """
    version = pen.before.version if pen.before is not None else 0
    parts = (pen.ticket.nonce.hex(), str(version), fired.rule, str(fired.index))
    return key_of(parts)


def key_of(parts: Iterable[str]) -> str:
    """Of what names an action, and nothing else."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:KEY_CHARS]


def _document(pen: Draughtsman, fired: Fired, happening: Happening, key: str) -> Mapping[str, Any]:
    ticket = pen.ticket
    document: dict[str, Any] = {
        "id": key,
        "event": happening.event,
        "at": pen.now.isoformat(),
        "actor": happening.actor,
        "rule": fired.rule,
        "desk": pen.policy.site.domain,
        "ticket": {
            "number": ticket.number,
            "queue": ticket.queue,
            "state": ticket.state,
            "priority": ticket.priority,
            "owner": ticket.owner,
            "tags": list(ticket.tags),
            "language": ticket.language,
            "created_at": ticket.created_at.isoformat(),
            "last_article": ticket.last_article,
        },
        "articles": [article.id for article in pen.articles],
    }
    if happening.until is not None:
        return document | {"agent": happening.field, "until": happening.until.isoformat()}
    if happening.undelivered:
        failed = [{"recipient": each.recipient, "status": each.status or None} for each in happening.undelivered]
        return document | {"undelivered": failed}
    if happening.reason:
        return document | {"reason": happening.reason}
    if happening.event == "field.changed":
        return document | {"field": happening.field}
    if happening.old or happening.new:
        return document | {"old": happening.old or None, "new": happening.new or None}
    return document
