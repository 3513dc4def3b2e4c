"""A test of rules, as an administrator writes it: what comes to the desk, step by step, and what is expected of it.

The runner is service/rehearsal; what was expected is compared in decision/cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailgate.rules.conditions import Condition
from mailgate.rules.situation import AuthFacts
from mailgate.rules.syntax import Mark

GENUINE = AuthFacts(dmarc="pass")
LAST = ""  # of `answers`: whatever came last


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that a mail carries; `size` octets of nothing in particular."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail from outside. `to` empty: the default queue's address; `eml`: it lies there as it came.

    `answers`: it is a reply to the newest mail that its writer got by that template (LAST: by any); None: to none.
    `reverse_path` None: the author's address; "": null. `forward_paths` empty: our addresses in To and Cc.
    """

    author: str = "A Customer <customer@customer.example>"
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    reply_to: str = ""
    subject: str = ""
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    answers: str | None = None
    eml: bytes | None = None
    reverse_path: str | None = None
    forward_paths: tuple[str, ...] = ()
    peer: str = "192.0.2.1"
    auth: AuthFacts = GENUINE
    login: str | None = None


@dataclass(frozen=True, slots=True)
class AgentsLetter:
    """An agent writes in her mail program. `by` None: who was told last. `to` empty: she answers a notification, the
    newest by the template `answers`."""

    by: str | None = None
    body: str = ""
    commands: tuple[str, ...] = ()
    answers: str = LAST
    to: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes, and what falls due is done."""

    time: timedelta


@dataclass(frozen=True, slots=True)
class Refusing:
    """From now on these recipients' servers refuse our mail, with these words."""

    replies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ApproversLetter:
    """Who was asked to approve writes to one of the two addresses of the newest mail that he was asked by.

    `by`: his address, or an agent's name. `author`: From, where it is another; `oldest`: of the first such mail.
    """

    by: str
    granted: bool
    body: str = ""
    author: str = ""
    oldest: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    auth: AuthFacts = GENUINE


What = Letter | AgentsLetter | ApproversLetter | Wait | Refusing


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing of a list that is expected, each condition to be met by the same one. `told`: as it was written."""

    conditions: tuple[Condition, ...]
    told: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that is expected to run; `case` 0: any case of it."""

    name: str
    case: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected behind a step; None: nothing is said of it. Lists must be there, with `exactly` nothing else."""

    mark: Mark
    ticket: tuple[Condition, ...] = ()
    tags: tuple[Condition, ...] | None = None
    watchers: tuple[Condition, ...] | None = None
    fields: tuple[Condition, ...] | None = None
    notes: tuple[Condition, ...] | None = None  # that rules wrote
    sent: tuple[Wanted, ...] | None = None  # mail to customers, and what is forwarded
    told: tuple[Wanted, ...] | None = None  # mail to agents, admins and those who approve
    called: tuple[Wanted, ...] | None = None  # web addresses and programs
    held: tuple[Wanted, ...] | None = None  # mail that waits for a word
    fired: tuple[FiredRule, ...] | None = None
    not_fired: tuple[str, ...] = ()
    outcome: Condition | None = None
    refused: Condition | None = None
    exactly: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    what: What
    expect: Expectation | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Override:
    """A key of config.toml that is another one in this test: `out.delay` is "0s"."""

    key: str
    value: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Given:
    """The circumstances. `now` None: a Monday morning."""

    now: datetime | None = None
    config: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One test. `file` as problems name it."""

    name: str
    file: str
    mark: Mark
    given: Given = field(default=Given())
    steps: tuple[Step, ...] = ()
