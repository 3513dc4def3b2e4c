"""The sets that ever ran, and THE active one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from mailgate.store import sets
from mailgate.store.engine import Store
from mailgate.store.migrations import migrate, migrations
from mailgate.store.tables import active_set, schema_version
from tests.store.conftest import NOW

ONE = {"config.toml": "[site]", "rules/10.yaml": "rules: []"}
OTHER = {**ONE, "rules/10.yaml": "rules: [] # ä"}
FILES = st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=5)


def activate(store: Store, files: dict[str, str]) -> str | None:
    return store.write_now(lambda c: sets.activate(c, files, NOW))


def test_the_set_that_was_activated_last_is_the_one(store: Store) -> None:
    assert store.read_now(sets.active) is None
    assert activate(store, ONE) is None
    assert activate(store, OTHER) == sets.hash_of(ONE)
    assert store.read_now(sets.active) == sets.hash_of(OTHER)
    assert activate(store, ONE) == sets.hash_of(OTHER)
    assert store.read_now(sets.active) == sets.hash_of(ONE)


def test_the_texts_of_every_set_stay(store: Store) -> None:
    for files in (ONE, OTHER, ONE):
        activate(store, files)
    assert store.read_now(lambda c: sets.files_of(c, sets.hash_of(ONE))) == ONE
    assert store.read_now(lambda c: sets.files_of(c, sets.hash_of(OTHER))) == OTHER
    assert store.read_now(lambda c: sets.files_of(c, "unknown")) is None


def test_activating_what_is_active_moves_nothing(store: Store) -> None:
    activate(store, ONE)
    store.write_now(lambda c: sets.activate(c, ONE, NOW + timedelta(hours=1)))
    assert store.read_now(lambda c: c.execute(sa.select(active_set.c.since)).scalar()) == NOW


def test_going_back_leaves_a_third_set_alone(store: Store) -> None:
    third = {"config.toml": "x"}
    activate(store, ONE)
    activate(store, OTHER)
    store.write_now(lambda c: sets.go_back(c, sets.hash_of(OTHER), sets.hash_of(ONE), NOW))
    assert store.read_now(sets.active) == sets.hash_of(ONE)
    activate(store, third)
    store.write_now(lambda c: sets.go_back(c, sets.hash_of(OTHER), sets.hash_of(ONE), NOW))
    assert store.read_now(sets.active) == sets.hash_of(third)


def test_nodes_that_activate_at_once_leave_one_of_their_sets(store: Store) -> None:
    many = [{"config.toml": str(n)} for n in range(8)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(partial(activate, store), many))
    assert store.read_now(sets.active) in {sets.hash_of(each) for each in many}
    assert store.read_now(lambda c: c.execute(sa.select(sa.func.count()).select_from(active_set)).scalar()) == 1


def test_a_failure_is_news_once_until_a_reload_succeeds(store: Store) -> None:
    def news(failure: str) -> bool:
        return store.write_now(lambda c: sets.is_first_time(c, failure, NOW))

    assert news("10.yaml:3: wrong")
    assert not news("10.yaml:3: wrong")
    assert news("10.yaml:4: wrong")
    store.write_now(sets.forget_failures)
    assert news("10.yaml:3: wrong")


@given(FILES, FILES)
def test_sets_that_differ_have_different_hashes(one: dict[str, str], other: dict[str, str]) -> None:
    assert (sets.hash_of(one) == sets.hash_of(other)) == (one == other)
    assert sets.hash_of(dict(reversed(one.items()))) == sets.hash_of(one)


def test_a_text_that_moves_to_the_next_file_makes_another_set() -> None:
    assert sets.hash_of({"a": "bc", "d": ""}) != sets.hash_of({"a": "b", "cd": ""})


def test_rule_sets_of_the_older_schema_are_kept(database_url: str) -> None:
    empty = Store(database_url)
    try:
        first = migrations(empty.url.get_backend_name())[0]

        def as_it_was(connection: sa.Connection) -> None:
            for statement in first.statements:
                connection.exec_driver_sql(statement)
            connection.execute(sa.insert(schema_version), {"version": 1, "name": first.name, "at": NOW})
            connection.exec_driver_sql(
                "INSERT INTO rulesets (hash, first_used, files) "
                "VALUES ('abc', '2026-11-22T09:30:00.000000+00:00', '{\"10.yaml\": \"rules: []\"}')"
            )

        empty.write_now(as_it_was)
        empty.write_now(lambda c: migrate(c, NOW))
        assert empty.read_now(lambda c: sets.files_of(c, "abc")) == {"10.yaml": "rules: []"}
    finally:
        empty.close()
