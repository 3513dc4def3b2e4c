"""People, tags and fields: what came is there, what went is gone, the rest is untouched."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgate.store.engine import Store
from mailgate.store.known import load_tickets
from mailgate.store.parts import take_away
from mailgate.store.tables import participants
from mailgate.tickets.model import Participant, Ticket
from tests.support.desk import (
    ANA,
    BEN,
    NINA,
    Pipeline,
    make_envelope,
    make_policy,
    make_raw,
    signed_address,
)
from tests.support.statements import statements


def opened(store: Store, rules: str = "") -> tuple[Pipeline, Ticket]:
    desk = Pipeline(store, make_policy(rules))
    (plan,) = desk.run([(make_raw(), None)])
    assert plan.ticket is not None
    return desk, plan.ticket


def says(desk: Pipeline, ticket: Ticket, text: str) -> Ticket:
    address = signed_address(ticket, 2 * NINA.number + 1)
    passed = "mx.example.com; dmarc=pass header.from=example.com"
    raw = make_raw(
        sender=NINA.address, to=address, text=text, verified=passed, message_id=f"<{len(desk.plans)}@laptop>"
    )
    desk.accept(raw, make_envelope(NINA.address, address))
    (plan,) = desk.process()
    assert plan.ticket is not None
    (stored,) = desk.store.read_now(lambda c: load_tickets(c, [ticket.id])).values()
    assert (set(stored.tags), dict(stored.fields)) == (set(plan.ticket.tags), dict(plan.ticket.fields))
    assert stored.participants == plan.ticket.participants
    return stored


def test_tags_fields_and_people_come_and_go_as_it_was_planned(store: Store) -> None:
    desk, ticket = opened(store, 'rules: [{name: x, when: ticket.created, do: [{tag: [a, b]}, {set: {order: "1"}}]}]')
    changed = says(desk, ticket, "#tag c -a\n#set order=2\n#set colour=red")
    assert (set(changed.tags), dict(changed.fields)) == ({"b", "c"}, {"order": "2", "colour": "red"})
    joined = says(desk, ticket, f"#cc {BEN}")
    assert [each.address for each in joined.people] == [ANA, BEN]
    left = says(desk, ticket, f"#uncc {BEN}")
    assert [each.address for each in left.people] == [ANA]


def test_nothing_is_written_for_what_stays(store: Store) -> None:
    _, ticket = opened(store)
    added: list[Any] = []
    with statements(store._engine) as asked:
        store.write_now(lambda c: take_away(c, ticket, ticket, lambda table, **row: added.append(row)))
    assert (added, [each for each in asked if "DELETE" in each[0]]) == ([], [])


def test_a_person_whose_role_changes_is_one_row(store: Store) -> None:
    _, ticket = opened(store)
    (person,) = ticket.participants
    after = replace(ticket, participants=(replace(person, role="former"),))
    added: list[dict[str, Any]] = []
    store.write_now(lambda c: take_away(c, ticket, after, lambda table, **row: added.append(row)))
    assert [(row["party"], row["role"]) for row in added] == [(1, "former")]
    assert store.read_now(lambda c: c.execute(sa.select(sa.func.count()).select_from(participants)).scalar()) == 1


NAMES = st.lists(st.sampled_from("abcd"), unique=True, max_size=4)
PEOPLE = st.lists(st.sampled_from([2, 3, 4]), unique=True, max_size=3)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(NAMES, st.dictionaries(st.sampled_from("xyz"), st.sampled_from("12")), PEOPLE), max_size=5)
)
def test_whatever_changes_the_store_follows(
    steps: list[Any], migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("parts"))
    store = Store(f"sqlite:///{copy}")
    sa.event.listen(store._engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    try:
        _, ticket = opened(store)
        for tags, fields, parties in steps:
            (before,) = store.read_now(lambda c: load_tickets(c, [ticket.id])).values()
            kept = {person.party: replace(person, role="former") for person in before.participants}
            kept |= {n: Participant(f"{n}@x.example", "", n, "cc") for n in parties}  # nobody is ever taken out
            kept[1] = ticket.participants[0]
            after = replace(
                before,
                tags=tuple(tags),
                fields=tuple(fields.items()),
                participants=tuple(kept[n] for n in sorted(kept)),
            )
            _write(store, before, after)
            (stored,) = store.read_now(lambda c: load_tickets(c, [ticket.id])).values()
            assert set(stored.tags) == set(tags)
            assert dict(stored.fields) == fields
            assert stored.participants == after.participants
            assert {each.party for each in stored.people} == {1, *parties}
    finally:
        store.close()


def _write(store: Store, before: Ticket, after: Ticket) -> None:
    from mailgate.store.insert import insert_or_replace

    def write(c: sa.Connection) -> None:
        take_away(c, before, after, lambda table, **row: insert_or_replace(c, table, [row]))

    store.write_now(write)
