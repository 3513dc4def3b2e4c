"""T2: plans become rows, all of them or none; a batch is the same as one mail after the other."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgate.errors import Conflict, LeadLost
from mailgate.mail.envelope import Envelope
from mailgate.store import spool, tables
from mailgate.store.apply import apply
from mailgate.store.engine import Store
from mailgate.store.history import append, broken_chains
from mailgate.store.lead import take_lead
from mailgate.store.migrations import migrate
from tests.support.desk import ANA, BEN, MALLORY, NOW, Pipeline, make_envelope, make_policy, make_raw
from tests.support.statements import statements

RULES = """
rules:
  - name: acknowledge
    when: ticket.created
    do: [{reply: received}, {notify: {team: queue, template: agent_new}}, {tag: [fresh, mail]}, {note: "it came"}]
  - name: tell
    when: customer.replied
    do: [{notify: {owner: true, template: agent_followup}}, {tag: answered}]
"""


def count(store: Store, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    statement = sa.select(sa.func.count()).select_from(table).where(*where)
    return store.read_now(lambda c: c.execute(statement).scalar_one())


def rows(store: Store, table: sa.Table) -> list[dict[str, Any]]:
    order = list(table.primary_key)
    return store.read_now(lambda c: [dict(row._mapping) for row in c.execute(sa.select(table).order_by(*order))])


def test_a_new_mail_leaves_ticket_article_history_mail_and_its_outcome(store: Store) -> None:
    desk = Pipeline(store, make_policy(RULES))
    (plan,) = desk.run([(make_raw(), None)])
    (ticket,), (mail,) = rows(store, tables.tickets), rows(store, tables.spool)
    assert (ticket["subject"], ticket["queue"], ticket["state"], ticket["articles"]) == ("Invoice", "support", "new", 3)
    assert (mail["state"], mail["outcome"], mail["ticket_id"], mail["article_id"]) == (
        "done",
        "article",
        ticket["id"],
        plan.outcome.article,
    )
    assert (mail["processed_at"], mail["lease_owner"], mail["alone"]) == (NOW, None, False)
    assert [row["direction"] for row in rows(store, tables.articles)] == ["in", "out", "none"]
    assert {row["recipient"] for row in rows(store, tables.outbox)} == {ANA, "nina@example.com", "kim@example.com"}
    assert [row["address"] for row in rows(store, tables.participants)] == [ANA]
    assert [row["tag"] for row in rows(store, tables.ticket_tags)] == ["fresh", "mail"]
    assert count(store, tables.seen) == count(store, tables.traces) == 1
    assert [row["event"] for row in rows(store, tables.history)] == [
        "ticket.created",
        "article.added",
        "mail.composed",
        "mail.composed",
        "mail.composed",
        "tag.added",
        "note.added",
    ]
    assert store.read_now(broken_chains) == []


def test_the_same_mail_again_is_a_duplicate_of_the_article_and_answered_once(store: Store) -> None:
    desk = Pipeline(store, make_policy(RULES))
    first, second = desk.run([(make_raw(), None), (make_raw(), make_envelope(ANA, "billing@example.com"))])
    (third,) = desk.run([(b"X-Received-Twice: yes\r\n" + make_raw(), None)])
    assert [p.outcome.kind for p in (first, second, third)] == ["article", "duplicate", "duplicate"]
    assert {p.outcome.article for p in (first, second, third)} == {first.outcome.article}
    states = [(row["state"], row["outcome"], row["article_id"]) for row in rows(store, tables.spool)]
    assert states[1:] == [("duplicate", "duplicate", first.outcome.article)] * 2
    assert count(store, tables.outbox, tables.outbox.c.kind == "auto-reply") == 1
    assert count(store, tables.articles, tables.articles.c.direction == "in") == 1


def test_the_same_words_under_another_message_id_are_two_articles(store: Store) -> None:
    desk = Pipeline(store, make_policy())
    plans = desk.run([(make_raw(message_id=f"<{n}@acme.example>"), None) for n in range(2)])
    assert [p.outcome.kind for p in plans] == ["article", "article"]


def test_a_form_without_message_id_is_heard_again_after_five_days(store: Store) -> None:
    desk = Pipeline(store, make_policy())
    form = make_raw(message_id=None, at=None)
    kinds = []
    for days in (0, 4.99, 0.02, 1):
        desk.now += timedelta(days=days)
        kinds.append(desk.run([(form, None)])[0].outcome.kind)
    assert kinds == ["article", "duplicate", "article", "duplicate"]
    assert count(store, tables.seen) == 1


def test_a_mail_with_message_id_is_known_for_ever(store: Store) -> None:
    desk = Pipeline(store, make_policy())
    desk.run([(make_raw(), None)])
    desk.now += timedelta(days=4_000)
    assert desk.run([(make_raw(), None)])[0].outcome.kind == "duplicate"


def test_a_ticket_that_changed_since_the_decision_is_a_conflict_and_nothing_is_written(store: Store) -> None:
    desk = Pipeline(store, make_policy(RULES))
    (plan,) = desk.run([(make_raw(), None)])
    desk.accept(make_raw(message_id="<2@acme.example>", in_reply_to="<1@acme.example>"))
    prepared = desk.prepare()
    assert plan.ticket is not None
    number = plan.ticket.id
    store.write_now(lambda c: append(c, number, NOW, "agent:nina", "owner.changed", {}, desk.ids))
    before = {table.name: rows(store, table) for table in tables.metadata.sorted_tables}
    with pytest.raises(Conflict, match="changed since"):
        store.write_now(lambda c: apply(c, prepared, desk.epoch, desk.ids))
    assert {table.name: rows(store, table) for table in tables.metadata.sorted_tables} == before
    store.write_now(spool.release_all)
    assert desk.process()[0].outcome.kind == "article"


def test_an_identity_that_came_in_between_is_a_conflict_and_then_a_duplicate(store: Store) -> None:
    desk = Pipeline(store, make_policy())
    desk.accept(make_raw())
    prepared = desk.prepare()
    desk.run([(make_raw(), None)])
    with pytest.raises(Conflict):
        store.write_now(lambda c: apply(c, prepared, desk.epoch, desk.ids))
    store.write_now(spool.release_all)
    assert desk.process()[0].outcome.kind == "duplicate"


def test_a_processor_that_lost_the_lead_writes_nothing(store: Store) -> None:
    desk = Pipeline(store, make_policy())
    desk.accept(make_raw())
    prepared = desk.prepare()
    store.write_now(lambda c: take_lead(c, "another", NOW))
    with pytest.raises(LeadLost, match="another processor"):
        store.write_now(lambda c: apply(c, prepared, desk.epoch, desk.ids))
    assert count(store, tables.tickets) == 0


def test_a_mail_never_gets_a_second_outcome(store: Store) -> None:
    desk = Pipeline(store, make_policy())
    number = desk.accept(make_raw())
    prepared = desk.prepare()
    store.write_now(lambda c: spool.quarantine(c, number, "by hand", NOW))
    with pytest.raises(Conflict, match="outcome already"):
        store.write_now(lambda c: apply(c, prepared, desk.epoch, desk.ids))
    assert count(store, tables.articles) == 0
    assert rows(store, tables.spool)[0]["outcome"] == "quarantined"


def test_a_batch_counts_each_answer_against_the_limits(store: Store) -> None:
    desk = Pipeline(store, make_policy(RULES))
    plans = desk.run([(make_raw(message_id=f"<{n}@acme.example>", subject=f"x{n}"), None) for n in range(14)])
    assert sum(d.template == "received" for p in plans for d in p.drafts) == 10
    desk.run([(make_raw(message_id="<99@acme.example>"), None)])
    assert count(store, tables.outbox, tables.outbox.c.template == "received") == 10
    kept = {row["key"]: row["count"] for row in rows(store, tables.limits)}
    assert kept[f"address:{ANA}"] == kept["total"] == 10


def test_a_message_id_that_every_mail_bears_leads_to_few_tickets_and_costs_little(store: Store) -> None:
    desk = Pipeline(store, make_policy(queue={"follow_up_to_closed": "new"}))
    for n in range(30):
        desk.accept(
            make_raw(message_id="<same@device>", subject=f"alarm {n}", in_reply_to="<root@device>", text=str(n))
        )
        desk.process()
        store.write_now(lambda c: c.execute(sa.update(tables.tickets).values(state="closed", closed_at=NOW)))
    assert count(store, tables.tickets) == 30
    assert count(store, tables.message_ids, tables.message_ids.c.names) == 8
    desk.accept(make_raw(message_id="<x@acme.example>", in_reply_to="<same@device>"))
    (plan,) = desk.process()
    assert plan.linked_to == 30
    assert len(plan.lost) == 7


def test_a_merged_ticket_leads_to_its_target(store: Store) -> None:
    desk = Pipeline(store, make_policy())
    first, second, third = (desk.run([(make_raw(message_id=f"<{n}@acme.example>"), None)])[0].ticket for n in range(3))
    assert first is not None
    assert second is not None
    assert third is not None

    def merge(c: sa.Connection) -> None:
        for source, target in ((first, second), (second, third)):
            where = tables.tickets.c.id == source.id
            c.execute(sa.update(tables.tickets).where(where).values(state="merged", merged_into=target.id))

    store.write_now(merge)
    (plan,) = desk.run([(make_raw(message_id="<9@acme.example>", in_reply_to="<0@acme.example>"), None)])
    assert plan.outcome.ticket == third.id


def test_a_child_that_came_before_its_parent_is_joined_by_it(store: Store) -> None:
    desk = Pipeline(store, make_policy())
    (child,) = desk.run([(make_raw(message_id="<2@acme.example>", in_reply_to="<1@acme.example>"), None)])
    (parent,) = desk.run([(make_raw(), None)])
    assert parent.outcome.ticket == child.outcome.ticket
    assert parent.won is not None
    assert parent.won.kind == "named by article"


def test_a_ticket_comes_back_from_the_store_as_it_was_planned(store: Store) -> None:
    from mailgate.store.known import load_tickets

    desk = Pipeline(store, make_policy(RULES))
    (plan,) = desk.run([(make_raw(), None)])
    assert plan.ticket is not None
    number = plan.ticket.id
    assert store.read_now(lambda c: load_tickets(c, [number])) == {number: plan.ticket}


def test_a_text_that_the_database_cannot_hold_is_that_mails_conflict_and_no_outage(postgres_url: str) -> None:
    store = Store(postgres_url)
    try:
        store.write_now(lambda c: migrate(c, NOW))
        desk = Pipeline(store, make_policy())
        desk.accept(make_raw())
        (prepared,) = desk.prepare()
        article = replace(prepared.plan.articles[0], text="nul \x00 here")
        broken = replace(prepared, plan=replace(prepared.plan, articles=(article,)))
        with pytest.raises(Conflict):
            store.write_now(lambda c: apply(c, [broken], desk.epoch, desk.ids))
        store.write_now(lambda c: apply(c, [prepared], desk.epoch, desk.ids))
    finally:
        store.close()


def test_a_batch_costs_the_same_statements_whatever_its_size(store: Store) -> None:
    desk = Pipeline(store, make_policy(RULES))
    costs = []
    for size in (4, 64):
        for n in range(size):
            desk.accept(make_raw(message_id=f"<{size}.{n}@acme.example>", subject=f"x{n}"))
        prepared = desk.prepare()
        assert len(prepared) == size
        with statements(store._engine) as asked:
            store.write_now(partial(apply, batch=prepared, epoch=desk.epoch, ids=desk.ids))
        costs.append(len(asked))
    assert costs[1] <= costs[0] + 1 <= 20  # one more for what agents are told later


# A mail of the small world below: who, which id, what it names, which ticket it shows in its subject, its words.
WORLD = st.lists(
    st.tuples(
        st.sampled_from([ANA, BEN, MALLORY]),
        st.sampled_from(["<1@x>", "<2@x>", "<3@x>", "<4@x>", "<5@x>", None]),
        st.lists(st.sampled_from(["<1@x>", "<2@x>", "<3@x>", "<4@x>", "<9@x>"]), max_size=3, unique=True),
        st.sampled_from([None, None, 1, 2]),
        st.sampled_from(["one", "two"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


def world_mail(
    sender: str, message_id: str | None, names: Sequence[str], token: int | None, words: str, machine: bool
) -> tuple[bytes, Envelope]:
    more: dict[str, Any] = {"references": " ".join(names)} if names else {}
    if machine:
        more["auto_submitted"] = "auto-replied"
    subject = f"Re: [Ticket#{token}] x" if token else "x"
    raw = make_raw(sender=sender, subject=subject, text=words, message_id=message_id, **more)
    return raw, make_envelope(sender)


def outcome_of(
    migrated: Path, path: Path, mails: list[tuple[bytes, Envelope]], splits: Sequence[int]
) -> dict[str, Any]:
    shutil.copy(migrated, path)
    store = Store(f"sqlite:///{path}")
    sa.event.listen(store._engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    try:
        desk = Pipeline(store, make_policy(RULES, queue={"strangers": "auto"}))
        for raw, envelope in mails:
            desk.accept(raw, envelope)
        for size in (*splits, 64):
            desk.process(size)
        assert store.read_now(broken_chains) == []
        found = {table.name: rows(store, table) for table in tables.metadata.sorted_tables}
        return {name: [_essence(row) for row in found[name]] for name in COMPARED}
    finally:
        store.close()


COMPARED = (
    "tickets articles participants ticket_tags ticket_links message_ids seen spool outbox limits history traces".split()
)
_RANDOM = ("nonce", "root_nonce", "last_nonce", "history_head", "salt", "detail_hash", "hash", "detail", "message_id")


def _essence(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what is drawn or numbered anew in each batch (article ids have gaps)."""
    drawn = {*_RANDOM, "article_id", "root_article", "last_article"} | ({"id"} if "direction" in row else set())
    return {name: value for name, value in row.items() if name not in drawn}


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLD, splits=st.lists(st.integers(1, 4), max_size=7))
def test_a_batch_does_what_one_mail_after_the_other_does(
    world: list[Any], splits: list[int], migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("world")
    mails = [world_mail(*each) for each in world]
    singly = outcome_of(migrated_sqlite, path / "one.db", mails, [1] * len(mails))
    assert outcome_of(migrated_sqlite, path / "split.db", mails, splits) == singly
    assert outcome_of(migrated_sqlite, path / "all.db", mails, [64]) == singly
    assert all(row["outcome"] for row in singly["spool"])


MERGES = r"""
rules:
  - name: same
    when: [ticket.created, customer.replied]
    if: {subject: '/same as (?P<id>\w+)/'}
    do: [{type: incident}, {watch: kim}, {merge: {into: "{{ m.id }}"}}]
  - {name: other, when: customer.replied, if: {subject: another matter}, do: [split]}
"""


def follow(number: int, to: str, subject: str = "Re: Invoice", sender: str = ANA) -> bytes:
    return make_raw(sender, subject=subject, message_id=f"<{number}@x.example>", in_reply_to=to)


@pytest.mark.parametrize("at_once", [True, False])
def test_merged_tickets_lead_to_the_last_target_and_both_histories_hold(store: Store, at_once: bool) -> None:
    desk = Pipeline(store, make_policy(MERGES))
    raws = [make_raw(message_id="<1@x.example>"), make_raw(message_id="<2@x.example>", subject="Invoice same as 1")]
    raws += [make_raw(message_id="<3@x.example>"), follow(4, "<1@x.example>", "same as 3"), follow(5, "<2@x.example>")]
    for batch in [raws] if at_once else [[raw] for raw in raws]:
        desk.run((raw, None) for raw in batch)
    tickets = {row["id"]: row for row in rows(store, tables.tickets)}
    assert [(row["state"], row["merged_into"], row["type"]) for row in tickets.values()] == [
        ("merged", 3, "incident"),
        ("merged", 1, "incident"),
        ("new", None, None),
    ]
    assert desk.plans[-1].outcome.ticket == 3
    told = [(row["ticket_id"], row["event"]) for row in rows(store, tables.history) if "merged" in row["event"]]
    assert sorted(told) == [(1, "ticket.merged"), (2, "ticket.merged")]
    took = [row["ticket_id"] for row in rows(store, tables.history) if row["event"] == "ticket.took-in"]
    assert sorted(took) == [1, 3]
    assert store.read_now(broken_chains) == []
    roles = [row["role"] for row in rows(store, tables.participants) if row["ticket_id"] == 2]
    assert roles == ["requester", "watcher"]


def test_a_target_that_was_merged_meanwhile_is_a_conflict(store: Store) -> None:
    desk = Pipeline(store, make_policy(MERGES))
    desk.run([(make_raw(message_id="<1@x.example>"), None), (make_raw(message_id="<2@x.example>"), None)])
    desk.accept(make_raw(message_id="<3@x.example>", subject="same as 1"))
    prepared = desk.prepare()
    store.write_now(
        lambda c: c.execute(sa.update(tables.tickets).where(tables.tickets.c.id == 1).values(merged_into=2))
    )
    with pytest.raises(Conflict, match="merged itself"):
        store.write_now(lambda c: apply(c, prepared, desk.epoch, desk.ids))


def test_a_mail_that_is_split_off_leaves_its_ticket_as_it_was(store: Store) -> None:
    desk = Pipeline(store, make_policy(MERGES))
    desk.run([(make_raw(message_id="<1@x.example>"), None)])
    (before,) = rows(store, tables.tickets)
    desk.run([(follow(2, "<1@x.example>", "another matter"), None)])
    first, second = rows(store, tables.tickets)
    assert {**before, "history_seq": 0, "history_head": b""} == {**first, "history_seq": 0, "history_head": b""}
    assert (first["history_seq"], second["subject"]) == (before["history_seq"] + 1, "another matter")
    assert [(row["ticket_id"], row["other_id"]) for row in rows(store, tables.ticket_links)] == [(2, 1)]
    assert store.read_now(broken_chains) == []
