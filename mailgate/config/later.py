"""Tables and keys that a later version acts on: known by name and kind, so that its configuration loads here too."""

import re
from typing import Any

from mailgate.config import values as v
from mailgate.config.kinds import choice, list_of, switch, text_of, whole
from mailgate.config.secrets import SECRET
from mailgate.config.section import REQUIRED, Key, Section, named, table


def _keep(text: str) -> str:
    if text != "forever" and not re.fullmatch(r"[1-9][0-9]{0,2}y", text):
        v.duration(text)
    return text


def _nothing(*_own_name: str, **_values: Any) -> None:
    return None


BACKUP = Section(
    "[database] backup",
    "The nightly copy of a SQLite database.",
    (
        Key("at", v.LINE, "The time of day."),
        Key("keep", whole(1, 1000), "How many copies are kept."),
        Key("dir", v.PATH, "Where they go."),
    ),
    _nothing,
)

OAUTH2 = Section(
    "[[in]] oauth2",
    "How an IMAP door logs in without a password.",
    (
        Key("provider", v.WORDS, "`microsoft` or `google`."),
        Key("tenant", v.WORDS, "The directory."),
        Key("client_id", v.WORDS, "The application."),
        Key("client_secret", SECRET, "Its secret."),
    ),
    _nothing,
)

NOTIFY = Section(
    "[agents.NAME] notify",
    "What an agent is told and when.",
    tuple(
        Key(name, v.LINE, doc)
        for name, doc in (
            ("new", "New tickets: `team`, `mine` or `none`."),
            ("reply", "Customers' answers."),
            ("digest", "When the summary comes."),
            ("quiet", "Hours without mail."),
        )
    ),
    _nothing,
)

SLA = Section(
    "[slas.NAME]",
    "What customers were promised.",
    (
        Key("first_response", v.DURATION, "Time to the first answer."),
        Key("update", v.DURATION, "Time between answers."),
        Key("resolution", v.DURATION, "Time to the end."),
        Key("warn_at", list_of(v.WORDS), "When leads are warned."),
        Key("pause_in", list_of(v.WORDS), "States in which the clock stops."),
        Key("calendar", v.WORDS, "Office hours that count."),
    ),
    _nothing,
)

STATE = Section(
    "[states.NAME]",
    "A ticket state of your own.",
    (
        Key(
            "like",
            choice("new", "open", "pending", "closed", "spam"),
            "The built-in state that it behaves like.",
            REQUIRED,
        ),
        Key("sla", choice("run", "pause"), "Whether the clock runs."),
    ),
    _nothing,
)

REPORT = Section(
    "[reports.NAME]",
    "A report that comes by mail.",
    (
        Key("at", v.WORDS, "When."),
        Key("to", list_of(v.WORDS), "Addresses, agents, or `role:lead`."),
        Key("plots", switch, "Whether it holds pictures."),
    ),
    _nothing,
)

RETENTION = Section(
    "[retention]",
    "How long things are kept.",
    (
        Key("dropped", v.DURATION, "Mail that a rule discarded."),
        Key("quarantine", v.DURATION, "Mail that was set aside."),
        Key(
            "closed_tickets",
            text_of('"forever", or a duration or years', _keep),
            "Closed tickets; then anonymised.",
        ),
    ),
    _nothing,
)

HTTP = Section(
    "[http]",
    "The status page, health and metrics.",
    (Key("listen", v.or_off(v.LISTEN, None), 'Where it listens; "" is off.'),),
    _nothing,
)

TABLES = (
    Key("slas", named(SLA), "What customers were promised.", in_effect=False),
    Key("states", named(STATE), "Ticket states of your own.", in_effect=False),
    Key("reports", named(REPORT), "Reports by mail.", in_effect=False),
    Key("retention", table(RETENTION), "How long things are kept.", in_effect=False),
    Key("http", table(HTTP), "The status page, health and metrics.", in_effect=False),
)
