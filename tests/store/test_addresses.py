"""What came back from an address: counted once a mail, dead since it died, forgotten at the operator's word."""

from datetime import timedelta

import sqlalchemy as sa

from mailgate.decision.effects import AddressBounced, DelayDelivery
from mailgate.ids import SeededIds
from mailgate.notify.outgoing import OutgoingMail
from mailgate.store import addresses, tables
from mailgate.store.engine import Store
from mailgate.store.known import facts_of_ticket, gather
from mailgate.store.outbox import Attempted, claim, enqueue, record
from tests.store.test_carry_out import Desk, do, rows
from tests.support.desk import ANA, NOW, make_mail, make_policy, make_raw

DAY = timedelta(days=1)


def bounces(store: Store, day: int, dead: bool = False) -> None:
    store.write_now(lambda c: addresses.bounced(c, "Ana@Acme.Example", day, f"5.1.{day}", dead, NOW + day * DAY))


def test_a_dead_address_stays_dead_since_it_died_until_it_is_lifted(store: Store) -> None:
    bounces(store, 0)
    bounces(store, 1, dead=True)
    bounces(store, 2)
    known = store.read_now(lambda c: addresses.known_of(c, [ANA, "ben@acme.example", ""]))
    assert set(known) == {ANA}
    record_of_ana = known[ANA]
    assert (record_of_ana.first_bounce, record_of_ana.dead_since) == (NOW, NOW + DAY)
    assert (record_of_ana.article, record_of_ana.reason) == (2, "5.1.2")
    assert store.write_now(lambda c: addresses.lift(c, "ANA@acme.example"))
    assert not store.write_now(lambda c: addresses.lift(c, ANA))
    assert store.read_now(lambda c: addresses.known_of(c, [ANA])) == {}


def test_what_is_no_death_cannot_be_lifted_and_is_kept(store: Store) -> None:
    store.write_now(lambda c: addresses.bounced(c, ANA, 1, "5.1.1", False, NOW))
    assert not store.write_now(lambda c: addresses.lift(c, ANA))
    assert store.read_now(lambda c: addresses.known_of(c, [ANA]))


def test_nothing_is_asked_where_nobody_is_meant(store: Store) -> None:
    assert store.read_now(lambda c: addresses.known_of(c, ["", ""])) == {}


def test_a_decision_knows_of_who_takes_part_and_of_who_writes(store: Store) -> None:
    policy = make_policy()
    ticket = Desk(store, policy).begin()
    do(store, AddressBounced(ANA, 7, "5.1.1 no such user", dead=True))
    lookup = make_mail(make_raw(message_id="<x@acme.example>"), policy).lookup
    assert store.read_now(lambda c: gather(c, [lookup], NOW)).dead(ANA) is not None
    assert store.read_now(lambda c: facts_of_ticket(c, ticket.id, (), NOW)).dead(ANA.upper()) is not None


def refused(store: Store, reply: str, kind: str = "customer") -> None:
    mail = OutgoingMail(kind, "reply", None, ANA, "x", "x", "<mg.1@example.com>", b"x", None)  # type: ignore[arg-type]
    store.write_now(lambda c: enqueue(c, None, [mail], NOW))
    (due,) = store.write_now(lambda c: claim(c, "a", NOW, 1))
    store.write_now(lambda c: record(c, "a", [Attempted(due.id, "failed", reply)], NOW, SeededIds()))


def test_our_own_smarthosts_word_kills_at_once(store: Store) -> None:
    refused(store, "550 5.1.1 no such user")
    assert store.read_now(lambda c: addresses.known_of(c, [ANA]))[ANA].dead_since == NOW


def test_its_other_words_and_those_on_mail_to_agents_do_not(store: Store) -> None:
    refused(store, "550 5.7.1 blocked")
    refused(store, "550 5.1.8 sender refused")
    refused(store, "550 no")
    refused(store, "550 5.1.1 no such user", "agent")
    assert store.read_now(lambda c: addresses.known_of(c, [ANA])) == {}


def test_a_delay_stands_on_the_copy_and_changes_nothing_else(store: Store) -> None:
    desk = Desk(store, make_policy())
    desk.says("My words.", desk.begin())
    store.write_now(lambda c: c.execute(sa.update(tables.outbox).values(state="sent")))
    (copy,) = rows(store, tables.outbox, kind="customer")
    do(store, DelayDelivery(copy["article_id"], ANA, "4.4.1 timeout"))
    assert rows(store, tables.outbox, kind="customer") == [copy | {"last_reply": "delayed: 4.4.1 timeout"}]


def test_what_is_known_of_a_customer_is_shown(store: Store) -> None:
    assert store.read_now(lambda c: addresses.customer_show(c, ANA)) is None
    ticket = Desk(store, make_policy()).begin()
    store.write_now(lambda c: addresses.bounced(c, ANA, 1, "5.1.1 gone", True, NOW))
    shown = store.read_now(lambda c: addresses.customer_show(c, ANA))
    assert shown is not None
    assert (shown["dead_since"], shown["reason"], shown["hard_bounces"]) == (NOW.isoformat(), "5.1.1 gone", 1)
    assert [(each["number"], each["role"]) for each in shown["tickets"]] == [(ticket.number, "requester")]
