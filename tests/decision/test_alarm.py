"""What a rule sets aside is told to the admins: with its place, once, and in a list where there are many."""

from typing import Any

import pytest
import sqlalchemy as sa

from mailgate.decision.alarm import AT_MOST
from mailgate.notify.digest import digest
from mailgate.service.due import _reader
from mailgate.store import due, spool, tables
from mailgate.store.engine import Store
from tests.store.conftest import store as store
from tests.store.test_carry_out import Desk, rows
from tests.store.test_carry_out import templates as templates
from tests.support.desk import NOW, make_policy, make_raw

RULES = """
rules:
  - {name: odd, when: message.received, if: {subject: odd}, do: [{quarantine: {reason: looks odd}}]}
  - {name: ads, when: message.received, if: {subject: buy}, do: [{drop: {reason: advertising}}]}
"""


def desk_of(store: Store, templates: Any) -> Desk:
    return Desk(store, make_policy(RULES), templates=templates)


def odd(number: int) -> tuple[bytes, None]:
    return make_raw(subject="Odd", message_id=f"<{number}@acme.example>"), None


def test_the_admins_are_told_which_rule_where_and_how_to_let_it_through(store: Store, templates: Any) -> None:
    desk = desk_of(store, templates)
    (plan,) = desk.run([odd(1)])
    assert plan.outcome.kind == "quarantined"
    (mail,) = rows(store, tables.outbox)
    assert (mail["recipient"], mail["template"], mail["ticket_id"]) == ("root@example.com", "set_aside", None)
    text = bytes(mail["content"]).decode()
    assert "odd (10.yaml:3): looks odd" in text
    assert "mailgate spool release S1" in text


def test_of_a_flood_the_admins_get_a_few_mails_and_one_list(store: Store, templates: Any) -> None:
    desk = desk_of(store, templates)
    desk.run([odd(n) for n in range(AT_MOST.count + 3)])
    assert len(rows(store, tables.outbox)) == AT_MOST.count
    lines = rows(store, tables.digest_lines)
    assert [each["agent"] for each in lines] == ["admin:root@example.com"] * 3
    (of_admin,) = store.read_now(lambda c: due.due_digests(c, lines[0]["due_at"])).items()
    reader = _reader(of_admin[0], desk.policy)
    assert reader is not None
    mail = digest(reader, of_admin[1].lines, desk.policy, templates, b"n", NOW)
    assert mail.recipient == "root@example.com"
    assert "S6 was set aside by odd (10.yaml:3)" in mail.text
    assert _reader("admin:former@example.com", desk.policy) is None


@pytest.mark.parametrize("subject", ["Odd", "Buy"])
def test_the_operator_lets_a_mail_through_the_gate_once_and_the_history_says_who(
    store: Store, templates: Any, subject: str
) -> None:
    desk = desk_of(store, templates)
    desk.run([(make_raw(subject=subject), None)])
    assert store.write_now(lambda c: spool.put_back(c, 1, NOW))
    (plan,) = desk.process()
    assert plan.ticket is None
    assert store.write_now(lambda c: spool.let_through(c, 1, "olga", NOW))
    (plan,) = desk.process()
    assert (plan.outcome.kind, plan.ticket is not None) == ("article", True)
    (told,) = rows(store, tables.history, event="mail.released")
    assert told["actor"] == "operator"
    assert "let through by olga; before: rule" in told["detail"]
    assert store.write_now(lambda c: spool.let_through(c, 1, "olga", NOW)) is False


def test_the_operator_drops_what_was_set_aside_and_can_think_again(store: Store, templates: Any) -> None:
    desk = desk_of(store, templates)
    desk.run([odd(1)])
    assert store.write_now(lambda c: spool.drop(c, 1, "olga", NOW))
    (mail,) = rows(store, tables.spool)
    assert (mail["state"], mail["outcome"]) == ("discarded", "discarded")
    assert mail["cause"] == "dropped by olga; before: rule odd: looks odd"
    assert store.write_now(lambda c: spool.drop(c, 1, "olga", NOW)) is False
    assert store.write_now(lambda c: spool.let_through(c, 1, "olga", NOW))
    (plan,) = desk.process()
    assert plan.outcome.kind == "article"
    assert store.read_now(lambda c: c.execute(sa.select(tables.spool.c.state)).scalars().all()) == ["done"]
