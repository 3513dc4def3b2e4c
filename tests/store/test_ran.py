"""How often rules ran, from the traces as they are stored."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from mailgate.rules.ran import Ran
from mailgate.store import sets, tables
from mailgate.store.engine import Store
from mailgate.store.ran import ran_since, rules_before
from tests.support.desk import NOW


def trace(c: sa.Connection, days: int, *steps: tuple[str, str]) -> None:
    listed = ",".join(f'{{"rule":"{rule}","file":"a","line":1,"verdict":"{verdict}"}}' for rule, verdict in steps)
    body = f'{{"evidence":[],"authenticity":null,"events":[{{"event":"ticket.created","steps":[{listed}]}}]}}'
    values: dict[str, Any] = {"at": NOW - timedelta(days=days), "ruleset": "x", "body": body}
    c.execute(sa.insert(tables.traces).values(**values))


def test_matches_and_errors_are_counted_and_misses_are_not(store: Store) -> None:
    def fill(c: sa.Connection) -> None:
        trace(c, 100, ("a", "match"))
        trace(c, 3, ("a", "match"), ("b", "miss"))
        trace(c, 1, ("a", "match"), ("c", "error"))

    store.write_now(fill)
    found = store.read_now(lambda c: ran_since(c, NOW - timedelta(days=90)))
    assert found == {"a": Ran(2, 0, NOW - timedelta(days=1)), "c": Ran(0, 1, None)}


def test_the_rules_of_that_time_are_those_of_the_newest_set_before(store: Store) -> None:
    assert store.read_now(lambda c: rules_before(c, NOW)) is None

    def fill(c: sa.Connection) -> None:
        for day, text in ((100, "old"), (95, "then"), (1, "now")):
            files = {"config.toml": "", "rules/a.yaml": text, "rules/lists/x.txt": "y"}
            sets.activate(c, files, NOW - timedelta(days=day))

    store.write_now(fill)
    assert store.read_now(lambda c: rules_before(c, NOW - timedelta(days=90))) == "then"
