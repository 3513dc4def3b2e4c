"""The answers to a batch's lookups: a handful of indexed queries, however much the desk holds."""

from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from mailgate.store import tables
from mailgate.store.engine import Store
from mailgate.store.known import digest_of, gather, load_tickets
from tests.support.desk import ANA, NOW, Pipeline, make_envelope, make_mail, make_policy, make_raw, signed_address
from tests.support.rows import as_octets, as_text, crowd, insert_ticket, same
from tests.support.statements import explained, statements

POLICY = make_policy()
MANY = 20_000


def test_a_message_id_of_any_length_has_a_key_of_sixteen_octets() -> None:
    assert len(digest_of("<" + "x" * 900 + "@y>")) == len(digest_of("\udc80")) == 16


def test_nothing_known_is_nothing_found(store: Store) -> None:
    mail = make_mail(make_raw(references="<a@x>", subject="[Ticket#9] x"), POLICY)
    facts = store.read_now(lambda c: gather(c, [mail.lookup], NOW))
    assert (facts.seen, facts.ids, facts.articles, facts.numbers, facts.tickets, facts.counts) == (
        {},
        {},
        {},
        {},
        {},
        {},
    )


def test_everything_that_a_mail_may_need_is_found(store: Store) -> None:
    desk = Pipeline(store, make_policy("rules: [{name: x, when: ticket.created, do: [{reply: received}]}]"))
    (plan,) = desk.run([(make_raw(references="<root@x>"), None)])
    ticket = plan.ticket
    assert ticket is not None
    address = signed_address(ticket, 2)
    raw = make_raw(
        message_id="<root@x>", in_reply_to="<1@acme.example>", subject=f"[Ticket#{ticket.number}] x", to=address
    )
    first, again = make_mail(raw, desk.policy, make_envelope(ANA, address)), make_mail(make_raw(), desk.policy)
    facts = store.read_now(lambda c: gather(c, [first.lookup, again.lookup], NOW))
    article = plan.outcome.article
    assert [(s.article, s.names) for s in facts.ids["<1@acme.example>"]] == [(article, False)]
    assert [(s.article, s.names) for s in facts.ids["<root@x>"]] == [(article, True)]
    assert facts.articles[ticket.last_article].nonce == ticket.last_nonce
    assert facts.articles[ticket.last_article].automatic
    assert facts.numbers == {ticket.number: ticket.id}
    assert facts.tickets == {ticket.id: ticket}
    assert facts.seen == {again.message.identity.digest: (article, ticket.id)}
    assert facts.count(f"address:{ANA}", 86_400, NOW.timestamp()) == 1
    assert facts.count(f"ticket:{ticket.id}", 3_600, NOW.timestamp()) == 1


def test_a_passing_identity_is_forgotten_in_time(store: Store) -> None:
    desk = Pipeline(store, POLICY)
    form = make_raw(message_id=None, at=None)
    desk.run([(form, None)])
    mail = make_mail(form, POLICY)
    for days, known in ((4.9, True), (5, False)):
        at = NOW + timedelta(days=days)
        facts = store.read_now(partial(gather, lookups=[mail.lookup], now=at))
        assert bool(facts.seen) is known


def test_a_long_chain_of_merges_ends(store: Store) -> None:
    def chain(c: sa.Connection) -> None:
        for n in range(1, 31):
            insert_ticket(c, n, NOW)
        c.execute(sa.update(tables.tickets).where(tables.tickets.c.id < 30).values(merged_into=tables.tickets.c.id + 1))

    store.write_now(chain)
    loaded = store.read_now(lambda c: load_tickets(c, [1, 25]))
    assert set(loaded) == {*range(1, 11), *range(25, 31)}


def test_a_batch_is_looked_up_with_few_statements_that_all_use_an_index(store: Store) -> None:
    desk = Pipeline(store, POLICY)
    (plan,) = desk.run([(make_raw(), None)])
    assert plan.ticket is not None

    def fill(c: sa.Connection) -> None:
        crowd(c, tables.tickets, MANY, id=same, number=as_text)
        crowd(c, tables.articles, MANY, id=same, ticket_id=same)
        crowd(c, tables.message_ids, MANY, digest=as_octets, article_id=same, ticket_id=same)
        crowd(c, tables.participants, MANY, ticket_id=same, address=lambda n: as_text(n) + "@c.example")
        crowd(c, tables.seen, MANY, identity=as_octets, article_id=same)
        c.exec_driver_sql("ANALYZE")

    store.write_now(fill)
    address = signed_address(plan.ticket, 2)
    mails = [
        make_mail(
            make_raw(message_id=f"<{n}@x>", references="<1@acme.example> <b@x>", subject="[Ticket#1] x"),
            POLICY,
            make_envelope(ANA, address),
        )
        for n in range(64)
    ]
    with statements(store._read_engine) as asked:
        store.read_now(lambda c: gather(c, [mail.lookup for mail in mails], NOW))
    assert len(asked) <= 13
    for each in asked:
        found = explained(store, each)
        for table in ("tickets", "articles", "message_ids", "participants", "seen"):
            assert f"SCAN {table}'" not in found
            assert f"Seq Scan on {table} " not in found
