"""What was said, what is on its way and what waits, as the next decision finds it."""

from datetime import timedelta

import sqlalchemy as sa

from mailgate.decision.conversation import MOST_ARTICLES, MOST_CHARS
from mailgate.store import tables
from mailgate.store.conversations import MOST_HISTORY, conversation, last_said, outgoing, told, waiting
from mailgate.store.engine import Store
from tests.store.test_carry_out import Desk, held
from tests.support.desk import ANA, KIM, NINA, NOW, make_policy, make_raw
from tests.support.statements import explained, statements


def test_a_conversation_is_told_from_the_oldest_to_the_newest_as_it_was_said(store: Store) -> None:
    desk = Desk(store, make_policy("rules: [{name: x, when: ticket.created, do: [{reply: received}]}]"))
    ticket = desk.begin()
    desk.says("#note\nBe careful.", ticket)
    desk.says("It was sent.", ticket)
    desk.run([(make_raw(message_id="<2@x>", in_reply_to="<1@acme.example>", auto_submitted="auto-replied"), None)])
    said = store.read_now(lambda c: conversation(c, ticket.id))
    assert [(each.sender_type, each.direction, each.visibility, each.template, each.automatic) for each in said] == [
        ("customer", "in", "public", None, None),
        ("system", "out", "public", "received", None),
        ("agent", "none", "internal", None, None),
        ("agent", "out", "public", None, None),
        ("customer", "in", "public", None, "auto-reply"),
    ]
    assert (said[2].text, said[2].author.address, said[2].author.name) == ("Be careful.", NINA.address, NINA.title)
    assert (said[0].message_id, said[0].author.address) == ("<1@acme.example>", ANA)
    newest = store.read_now(lambda c: last_said(c, [ticket.id]))
    assert newest == {ticket.id: (said[-1],)}


def test_a_text_is_what_was_new_in_it_and_cut(store: Store) -> None:
    desk = Desk(store, make_policy())
    (plan,) = desk.run([(make_raw(text="x" * (MOST_CHARS + 50) + "\n\nOn Monday Kim wrote:\n> before"), None)])
    (said,) = store.read_now(lambda c: conversation(c, plan.outcome.ticket or 0))
    assert said.text == "x" * MOST_CHARS


def test_of_a_long_conversation_the_newest_part_is_read_by_its_index(store: Store) -> None:
    desk = Desk(store, make_policy())
    ticket = desk.begin()
    (row,) = store.read_now(lambda c: c.execute(sa.select(tables.articles)).mappings().all())
    many = [{**row, "id": n, "text": str(n)} for n in range(100, 400)]
    store.write_now(lambda c: c.execute(sa.insert(tables.articles), many))
    with statements(store._read_engine) as asked:
        said = store.read_now(lambda c: conversation(c, ticket.id))
    assert [each.id for each in said] == list(range(400 - MOST_ARTICLES, 400))
    assert all("SCAN articles'" not in explained(store, each) for each in asked)


def test_copies_of_answers_are_known_with_their_state_and_time_and_no_other_mail(store: Store) -> None:
    desk, ticket = held(store)
    nina, kim = store.read_now(lambda c: outgoing(c, ticket.id))
    assert [(each.state, each.recipient) for each in (kim, nina)] == [("delayed", ANA), ("held", ANA)]
    assert kim.at == NOW + desk.policy.relay.delay
    done = NOW + timedelta(hours=1)
    mail = tables.outbox.c.id == kim.id
    store.write_now(lambda c: c.execute(sa.update(tables.outbox).where(mail).values(state="sent", done_at=done)))
    assert store.read_now(lambda c: outgoing(c, ticket.id))[1].at == done


def test_what_waits_is_known_with_whose_it_is_and_what_came_with_it(store: Store) -> None:
    desk, ticket = held(store)
    desk.says("#ntoe\nhello", ticket, KIM)
    newest, oldest = store.read_now(lambda c: waiting(c, ticket.id))
    assert (newest.agent, newest.kind, newest.article, newest.mail) == ("kim", "refused", None, 4)
    assert (oldest.agent, oldest.kind, oldest.orders, oldest.mail) == ("nina", "held", "#tag x", 3)
    assert store.read_now(lambda c: waiting(c, 99)) == ()


def test_history_is_told_with_its_details_and_an_erased_one_with_none(store: Store) -> None:
    desk = Desk(store, make_policy("rules: [{name: x, when: ticket.created, do: [{tag: [a, b]}]}]"))
    ticket = desk.begin()
    lines = store.read_now(lambda c: told(c, ticket.id))
    assert [line.event for line in lines] == ["ticket.created", "article.added", "tag.added"]
    assert lines[2].detail == {"tags": ["a", "b"]}
    assert lines[2].actor == "rule:x"
    store.write_now(lambda c: c.execute(sa.update(tables.history).values(detail=None)))
    assert [line.detail for line in store.read_now(lambda c: told(c, ticket.id))] == [{}, {}, {}]
    assert len(lines) < MOST_HISTORY
