"""What happens to the desk itself and not to a ticket: a time of day has come, a reload was refused.

Rules of such an event can tell people and call outside; nothing else changes, so nothing follows from it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from mailgate.decision.addressees import addressees
from mailgate.decision.outside import key_of, outside_call
from mailgate.decision.plan import DeskNotice, Outcome, OutsideCall, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.without_effect import OURS, PassedOver, came_of_notify, means_nobody, told_by
from mailgate.mail.address import normalise
from mailgate.mail.message import NO_MESSAGE
from mailgate.rules.actions import Fired, Notify
from mailgate.rules.evaluate import Evaluation, evaluate
from mailgate.rules.events import DESK_SCHEDULE, REFUSED, SCHEDULE
from mailgate.rules.outside import CallWebhook, RunProgram
from mailgate.rules.situation import NO_ENVELOPE, Situation
from mailgate.rules.trace import Trace

MAILGATE = "mailgate"


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """`identity`: the same for the same happening, and for nothing else, as its calls are made once. `rule`: whose
    timer it was. `facts`: the lines that a template tells of it; `reason`: the same as one text, where rules see it."""

    event: str  # one of DESK_EVENTS
    identity: str
    rule: str = ""
    facts: tuple[str, ...] = ()
    reason: str = ""


def schedule_came(rule: str, due: datetime, open_tickets: Mapping[str, int], policy: Policy) -> DeskEvent:
    """The time of a rule has come. What a template can tell then: how many open tickets each queue has."""
    names = dict.fromkeys((*policy.queues, *sorted(open_tickets)))
    facts = tuple(f"{name}: {open_tickets.get(name, 0)}" for name in names)
    return DeskEvent(DESK_SCHEDULE, due.isoformat(), rule, facts)


def reload_refused(failure: str, mistakes: tuple[str, ...], now: datetime) -> DeskEvent:
    """Files with mistakes changed nothing. `failure`: what makes two refusals the same one."""
    return DeskEvent(REFUSED, f"{failure} {now.isoformat()}", facts=mistakes, reason="; ".join(mistakes))


def happened_to_the_desk(event: DeskEvent, policy: Policy, nonce: bytes, now: datetime) -> Plan | None:
    """The plan of its rules; None where none of them has anything to do or to say."""
    rules = policy.rules
    others = frozenset(rule.name for rule in rules.timed if event.rule and rule.name != event.rule)
    evaluation = evaluate(rules, _situation(event, policy, now), others)
    if all(step.verdict == "miss" for step in evaluation.trace.steps):
        return None
    notices, trace = _notices(evaluation, event, policy, nonce)
    return Plan(
        spool_id=0,
        at=now,
        outcome=Outcome("article"),
        notices=notices,
        calls=tuple(_calls(evaluation, event, policy, now)),
        traces=(trace,),
    )


def _situation(event: DeskEvent, policy: Policy, now: datetime) -> Situation:
    return Situation(
        event=event.event,
        ticket=None,
        message=NO_MESSAGE,
        envelope=NO_ENVELOPE,
        ours=policy.ours,
        now=now,
        zone=policy.site.timezone,
        reason=event.reason,
        actor=MAILGATE,
    )


def _notices(
    evaluation: Evaluation, event: DeskEvent, policy: Policy, nonce: bytes
) -> tuple[tuple[DeskNotice, ...], Trace]:
    """Each person once with a template, whatever roles she has and however many rules tell her; and the trace, which
    says whom a rule passed over."""
    told: dict[tuple[str, str], str] = {}
    notices: list[DeskNotice] = []
    trace = evaluation.trace
    for fired in evaluation.fired:
        if not isinstance(action := fired.action, Notify):
            continue
        meant, passed = addressees(action, None, policy), []
        for each in meant:
            who = (normalise(each.box.address), action.template)
            if why := told.get(who) or (OURS if who[0] in policy.ours.addresses else ""):
                passed.append(PassedOver(each.agent.name if each.agent is not None else each.box.address, why))
                continue
            told[who] = told_by(f"rule:{fired.rule}")
            language = (each.agent.language if each.agent else None) or policy.site.language
            own = blake2b(nonce, digest_size=12, salt=len(told).to_bytes(2, "big")).digest()
            notices.append(DeskNotice(action.template, language, each.box.address, event.facts, own))
        nobody = "" if meant else means_nobody(action, None, policy)
        if came := came_of_notify(len(passed) < len(meant), passed, nobody):
            trace = trace.amended(fired.rule, fired.place, came)
    return tuple(notices), trace


def _calls(evaluation: Evaluation, event: DeskEvent, policy: Policy, now: datetime) -> Iterator[OutsideCall]:
    name = SCHEDULE if event.event == DESK_SCHEDULE else event.event
    for fired in evaluation.fired:
        if isinstance(fired.action, CallWebhook | RunProgram):
            key = key_of((policy.site.domain, event.event, event.identity, fired.rule, str(fired.index)))
            yield outside_call(fired.action, name, fired.rule, key, _document(fired, name, key, policy, now))


def _document(fired: Fired, event: str, key: str, policy: Policy, now: datetime) -> dict[str, str]:
    return {
        "id": key,
        "event": event,
        "at": now.isoformat(),
        "actor": MAILGATE,
        "rule": fired.rule,
        "desk": policy.site.domain,
    }
