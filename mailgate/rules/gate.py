"""The rules that refuse a recipient at RCPT, before a mail is sent: only what the envelope says is known (R7).

Pure and total: a rule in error refuses nobody.
"""

from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from mailgate.mail.envelope import Envelope
from mailgate.mail.message import NO_MESSAGE
from mailgate.rules.actions import Reject
from mailgate.rules.conditions import Condition, Trail
from mailgate.rules.events import GATE
from mailgate.rules.rule import Rule
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.situation import OurAddresses, Situation
from mailgate.rules.task import Stop, Task
from mailgate.rules.view import View


def refusal(
    ruleset: Ruleset,
    recipient: str,
    reverse_path: str | None,
    peer: str,
    authenticated_as: str | None,
    size: int,
    now: datetime,
    ours: OurAddresses,
    zone: tzinfo = UTC,
) -> Reject | None:
    """How a recipient is refused, None where no rule refuses him. `size`: as announced (RFC 1870), 0 where it was not.

    The rules with `reject` run in their order, and with them those that only `stop`, on the envelope alone too.
    """
    if not ruleset.refuses:
        return None
    envelope = Envelope(reverse_path, (recipient,), "", now, peer, authenticated_as=authenticated_as)
    view = View(Situation(GATE, None, replace(NO_MESSAGE, size=size), envelope, ours, now, zone))
    stopped_file = ""
    for rule in ruleset.at_rcpt:
        if rule.file == stopped_file:
            continue
        try:
            verdict = _verdict(rule, view)
        except Exception:  # noqa: S112 - a rule that fails refuses nobody, and stops no other (DESIGN.md 7, promise 7)
            continue
        match verdict:
            case Reject() as reject:
                return replace(reject, by=f"{rule.name} ({rule.file}:{rule.mark.line})")
            case Stop("event"):
                return None
            case Stop("file"):
                stopped_file = rule.file
    return None


def _verdict(rule: Rule, view: View) -> Reject | Stop | None:
    """What the rule says of this recipient."""
    if not _holds(rule.condition, view):
        return None
    if not rule.cases:
        return _first(rule.tasks)
    for case in rule.cases:
        trail = Trail()
        verdict = "match" if case.condition is None else case.condition.judge(view, trail)
        if verdict != "miss":
            return _first(case.tasks) if verdict == "match" else None
    return None


def _holds(condition: Condition | None, view: View) -> bool:
    return condition is None or condition.judge(view, Trail()) == "match"


def _first(tasks: tuple[Task, ...]) -> Reject | Stop | None:
    return next((task.what for task in tasks if isinstance(task.what, Reject | Stop)), None)
