"""What the admins hear of a mail that a rule set aside: a mail each; where there are many, a line of a list.

It names the rule, its place and the reason: the rule was written by them, and it may be wrong.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgate.decision.policy import Policy
from mailgate.phrases.phrase import Phrase, in_language
from mailgate.rate import Rate
from mailgate.rules.actions import Fired, SetAside

TEMPLATE = "set_aside"
COUNTER = "notice:set-aside"
AT_MOST = Rate(5, 3_600)  # mails; above it they join one list
LIST_AFTER = timedelta(minutes=30)
ADMIN = "admin:"  # before an address: whose list it is, where no agent's


@dataclass(frozen=True, slots=True)
class Alarm:
    """Who is told. `facts`: what the template says; `line` and `due`: in a list instead, and when."""

    admins: tuple[str, ...]
    facts: tuple[str, ...]
    line: str = ""
    due: datetime | None = None


def alarm_of(fired: Fired, spool_id: int, policy: Policy, now: datetime, *, quiet: bool) -> Alarm:
    """`quiet`: the admins had enough mails about it lately."""
    mail = f"S{spool_id}"
    reason = fired.action.reason if isinstance(fired.action, SetAside) else ""
    rule = f"{fired.rule} ({fired.file}:{fired.line})"
    facts = (mail, f"{rule}: {reason}" if reason else rule)
    if not quiet:
        return Alarm(policy.site.admins, facts)
    line = in_language(Phrase("set aside", mail=mail, rule=facts[1]), policy.site.language)
    return Alarm(policy.site.admins, facts, line, now + LIST_AFTER)
