"""How often each rule matched, counted from the stored traces."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from mailgate.rules.ran import Ran
from mailgate.store.tables import sets, traces

_AT_ONCE = 500


def ran_since(connection: sa.Connection, since: datetime) -> Mapping[str, Ran]:
    """By the rule's name. Reads the traces since then, one after the other."""
    matched, errors = Counter[str](), Counter[str]()
    last: dict[str, datetime] = {}
    rows = connection.execute(
        sa.select(traces.c.at, traces.c.body).where(traces.c.at >= since).execution_options(yield_per=_AT_ONCE)
    )
    for at, body in rows:
        for event in json.loads(body)["events"]:
            for step in event["steps"]:
                if step["verdict"] == "match":
                    matched[step["rule"]] += 1
                    last[step["rule"]] = max(at, last.get(step["rule"], at))
                elif step["verdict"] == "error":
                    errors[step["rule"]] += 1
    return {name: Ran(matched[name], errors[name], last.get(name)) for name in matched.keys() | errors.keys()}


def rules_before(connection: sa.Connection, since: datetime) -> str | None:
    """The text of the rules that ran then; None where the desk is younger."""
    newest = sa.select(sets.c.files).where(sets.c.first_used <= since).order_by(sets.c.first_used.desc()).limit(1)
    files = connection.execute(newest).scalar()
    return None if files is None else "\n".join(text for name, text in files.items() if name.endswith(".yaml"))
