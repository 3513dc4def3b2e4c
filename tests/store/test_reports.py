"""What people and programs read of the desk."""

from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from mailgate.ids import SeededIds
from mailgate.store import tables
from mailgate.store.engine import Store
from mailgate.store.outbox import Attempted, claim, record
from mailgate.store.reports import (
    depth,
    last_mail,
    outbox_list,
    outbox_show,
    spool_list,
    spool_show,
    ticket_list,
    ticket_show,
)
from tests.support.desk import ANA, NOW, Pipeline, make_policy, make_raw
from tests.support.rows import as_text, crowd, same
from tests.support.statements import explained, statements

RULES = "rules: [{name: x, when: ticket.created, do: [{reply: received}, {tag: [b, a]}, {set: {order: '4711'}}]}]"


def desk_with_a_ticket(store: Store) -> Pipeline:
    desk = Pipeline(store, make_policy(RULES))
    desk.run([(make_raw(), None)])
    return desk


def test_a_ticket_is_shown_whole(store: Store) -> None:
    desk_with_a_ticket(store)
    shown = store.read_now(lambda c: ticket_show(c, "1"))
    assert shown is not None
    assert shown["customer"] == {"address": ANA, "name": "Ana Silva"}
    assert (shown["tags"], shown["fields"], shown["linked"], shown["merged_into"]) == (
        ["a", "b"],
        {"order": "4711"},
        [],
        None,
    )
    first, answer = shown["articles"]
    assert (answer["direction"], answer["template"]) == ("out", "received")
    assert (first["message_id"], first["new_text"], first["spool_id"]) == (
        "<1@acme.example>",
        "Hello, please help.",
        "S1",
    )
    assert shown["history"][0]["event"] == "ticket.created"
    assert store.read_now(lambda c: ticket_show(c, "77")) is None


def test_linked_tickets_name_each_other(store: Store) -> None:
    desk = Pipeline(store, make_policy(queue={"follow_up_to_closed": "new"}))
    desk.run([(make_raw(), None)])
    store.write_now(lambda c: c.execute(sa.update(tables.tickets).values(state="closed")))
    desk.run([(make_raw(message_id="<2@acme.example>", in_reply_to="<1@acme.example>"), None)])
    for number, other in (("1", "2"), ("2", "1")):
        shown = store.read_now(partial(ticket_show, number=number))
        assert shown is not None
        assert shown["linked"] == [other]


def test_lists_are_filtered_ordered_and_limited(store: Store) -> None:
    desk = Pipeline(store, make_policy(RULES))
    desk.run([(make_raw(message_id=f"<{n}@acme.example>"), None) for n in range(3)])
    store.write_now(
        lambda c: c.execute(
            sa.update(tables.tickets).where(tables.tickets.c.id == 2).values(queue="billing", state="open")
        )
    )

    def numbers(**asked: Any) -> list[str]:
        return [each["number"] for each in store.read_now(lambda c: ticket_list(c, **asked))]

    assert numbers() == ["1", "2", "3"]
    assert numbers(queue="billing") == numbers(state="open") == ["2"]
    assert numbers(limit=2) == ["1", "2"]
    assert [s["id"] for s in store.read_now(lambda c: spool_list(c, "done", 2))] == ["S1", "S2"]
    assert store.read_now(lambda c: spool_list(c, "new")) == []
    assert [o["id"] for o in store.read_now(lambda c: outbox_list(c, "waiting", 3))] == [3]


def test_one_mail_is_shown_with_what_became_of_it(store: Store) -> None:
    desk_with_a_ticket(store)
    spooled = store.read_now(lambda c: spool_show(c, 1))
    assert spooled is not None
    assert (spooled["outcome"], spooled["ticket"], spooled["mail_from"]) == ("article", "1", ANA)
    outgoing = store.read_now(lambda c: outbox_show(c, 1))
    assert outgoing is not None
    assert (outgoing[0]["to"], outgoing[1]) == (ANA, b"x\r\n")
    assert store.read_now(lambda c: spool_show(c, 9)) is None
    assert store.read_now(lambda c: outbox_show(c, 9)) is None


def test_the_depth_says_how_much_waits_where(store: Store) -> None:
    desk = desk_with_a_ticket(store)
    desk.accept(make_raw(message_id="<2@acme.example>"))
    later = NOW + timedelta(seconds=90)
    assert store.read_now(lambda c: depth(c, later)) == {
        "spool": {"new": 1, "quarantined": 0, "oldest_age": 90.0},
        "outbox": {"waiting": 1, "failed": 0, "oldest_age": 90.0},
        "tickets": {"open": 1, "by_queue": {"support": 1}},
    }
    (due,) = store.write_now(lambda c: claim(c, "a", NOW, 1))
    store.write_now(lambda c: record(c, "a", [Attempted(due.id, "failed", "550 no")], NOW, SeededIds()))
    assert store.read_now(lambda c: depth(c, later))["outbox"] == {"waiting": 0, "failed": 1, "oldest_age": None}


def test_the_depth_costs_the_same_however_much_was_ever_done(store: Store) -> None:
    desk = desk_with_a_ticket(store)
    desk.accept(make_raw(message_id="<2@acme.example>"))

    def fill(c: sa.Connection) -> None:
        crowd(c, tables.spool, 20_000, id=same, state=lambda _: sa.literal("done"))
        crowd(c, tables.outbox, 20_000, id=same, state=lambda _: sa.literal("sent"))
        crowd(c, tables.tickets, 3_000, id=same, number=as_text, state=lambda _: sa.literal("closed"))
        c.exec_driver_sql("ANALYZE")

    store.write_now(fill)
    with statements(store._read_engine) as asked:
        store.read_now(lambda c: depth(c, NOW))
    for each in asked:
        found = explained(store, each)
        assert "Seq Scan" not in found
        assert "ix_" in found


def test_the_last_mail_of_each_door_is_known(store: Store) -> None:
    desk = desk_with_a_ticket(store)
    assert store.read_now(last_mail) == {"smtp": NOW}
    desk.now = NOW + timedelta(minutes=5)
    desk.accept(make_raw(message_id="<2@acme.example>"))
    assert store.read_now(last_mail) == {"smtp": desk.now}
