"""Which rules did something, and which never (MG401): counted from stored traces by whoever asks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailgate.problems import Problem
from mailgate.rules.ruleset import Ruleset

UNUSED_DAYS = 90


@dataclass(frozen=True, slots=True)
class Ran:
    """How often a rule matched and was in error since some time, and when it matched last."""

    matched: int = 0
    errors: int = 0
    last: datetime | None = None


def never_ran(ruleset: Ruleset, ran: Mapping[str, Ran], where: str, before: str) -> Iterator[Problem]:
    """A finding for each rule that matched nothing, though it stood in the rules of that time already, `before`."""
    for rule in ruleset.rules:
        old = re.search(rf"\bname:\s*['\"]?{re.escape(rule.name)}(?![\w.-])", before)
        if rule.enabled and old and not ran.get(rule.name, Ran()).matched:
            message = f'"{rule.name}" did not run in {UNUSED_DAYS} days'
            mend = "`mailgate rules why MG401` says what may be the cause"
            place = (f"{where}/{rule.file}", rule.mark.line, rule.mark.column)
            yield Problem(*place, message, "MG401", mend, "info", rule.mark.width)
