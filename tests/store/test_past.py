"""A person's newest tickets, found by one statement that never looks at the older ones."""

import pytest
import sqlalchemy as sa

from mailgate.decision.past import MOST_PAST
from mailgate.store import tables
from mailgate.store.engine import Store
from mailgate.store.past import pasts
from tests.support.desk import ANA, BEN, NOW
from tests.support.rows import insert_ticket
from tests.support.statements import explained, statements


def fill(c: sa.Connection, count: int, address: str, first: int = 1, role: str = "requester") -> None:
    for number in range(first, first + count):
        insert_ticket(c, number, NOW, owner="kim" if number % 2 else None)
        person = {"ticket_id": number, "party": 1, "role": role, "name": "", "address": address}
        c.execute(sa.insert(tables.participants), person)


def test_everybody_has_his_own_newest_first(store: Store) -> None:
    store.write_now(lambda c: fill(c, 3, "Ana@acme.example"))
    store.write_now(lambda c: fill(c, 1, BEN, 4, role="cc"))
    with statements(store._read_engine) as made:
        found = store.read_now(lambda c: pasts(c, ("Ana@acme.example", BEN, "new@x.example", "")))
    assert len(made) == 1
    assert [(each.number, each.owner) for each in found[ANA]] == [("3", "kim"), ("2", None), ("1", "kim")]
    assert [each.asked for each in found[BEN]] == [False]
    assert found["new@x.example"] == ()


def test_who_was_taken_out_has_no_part(store: Store) -> None:
    store.write_now(lambda c: fill(c, 1, ANA, role="former"))
    assert store.read_now(lambda c: pasts(c, (ANA,))) == {ANA: ()}


def test_of_a_machine_with_many_only_the_newest_are_read(store: Store) -> None:
    store.write_now(lambda c: fill(c, MOST_PAST + 20, ANA))
    found = store.read_now(lambda c: pasts(c, (ANA,)))
    assert [each.id for each in found[ANA]] == list(range(MOST_PAST + 20, 20, -1))


def test_a_crowd_is_asked_about_in_several_statements(store: Store) -> None:
    store.write_now(lambda c: fill(c, 1, ANA))
    crowd = [f"Somebody{number}@x.example" for number in range(400)]
    found = store.read_now(lambda c: pasts(c, (*crowd, ANA)))
    assert (len(found), len(found[ANA])) == (401, 1)


def test_the_index_gives_them_in_order(store: Store) -> None:
    if not store.is_sqlite:
        pytest.skip("a planner with statistics reads a small table as it likes; SQLite's plan is fixed")
    with statements(store._read_engine) as made:
        store.read_now(lambda c: pasts(c, (ANA, BEN)))
    plan = explained(store, made[0])
    assert "ix_participants_address" in plan
    assert "TEMP B-TREE" not in plan
    assert "SCAN participants" not in plan
