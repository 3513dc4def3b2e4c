"""Replay: mail of the past by other rules, on the facts as they were; on both databases, and nothing is written."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from mailgate.clock import ManualClock
from mailgate.config.policy import vocabulary
from mailgate.config.read import parse
from mailgate.decision.replayed import Tally
from mailgate.errors import MailgateError
from mailgate.ids import SeededIds
from mailgate.problems import report
from mailgate.rules.ruleset import compiled
from mailgate.service.active import ActiveSet
from mailgate.service.opening import Desk, open_desk
from mailgate.service.replay import replay
from mailgate.store.engine import Store
from mailgate.store.known import load_tickets
from mailgate.store.past_mail import Selection
from mailgate.store.tables import metadata
from tests.service.conftest import CONFIG, ROOT
from tests.support.desk import NOW, Pipeline, hers, make_envelope, make_raw, signed_address

RULES = """
rules:
  - {name: urgent, when: [ticket.created, customer.replied], if: {subject: urgent}, do: [{priority: high}]}
  - {name: ack, when: ticket.created, do: [{reply: received}]}
  - {name: again, when: customer.replied, if: {priority: high}, do: [{tag: again}]}
"""
ALL = Selection(since=NOW - timedelta(days=1))


@pytest.fixture
def desk(migrated_url: str, tmp_path: Path) -> Iterator[Desk]:
    """Ana asked, became urgent and asked again; Ben asked once, and a robot wrote."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "10.yaml").write_text(RULES)
    text = CONFIG.format(url=migrated_url, root=ROOT, rules=rules)
    opened = open_desk(parse(text, tmp_path / "config.toml", {}), ManualClock(NOW), SeededIds(), ROOT / "templates")
    mails = [
        make_raw(subject="Invoice"),
        make_raw(subject="Re: urgent", message_id="<2@acme.example>", in_reply_to="<1@acme.example>"),
        make_raw(subject="Re: still", message_id="<3@acme.example>", in_reply_to="<2@acme.example>"),
        make_raw("Ben <ben@acme.example>", subject="refund", message_id="<4@acme.example>"),
        make_raw("Bot <bot@acme.example>", message_id="<5@acme.example>", auto_submitted="auto-replied"),
    ]
    pipeline = Pipeline(opened.store, opened.active.policy)
    for raw in mails:
        pipeline.run([(raw, make_envelope(at=pipeline.now))])
        pipeline.now += timedelta(hours=1)
    yield opened
    opened.close()


def other(desk: Desk, rules: str) -> ActiveSet:
    names = vocabulary(desk.active.config, desk.active.templates.names)
    made, problems, sources = compiled({"10.yaml": rules.encode()}, names)
    assert made is not None, report(problems, sources)
    return replace(desk.active, policy=replace(desk.active.policy, rules=made))


def replayed(desk: Desk, rules: str, selection: Selection = ALL) -> Tally:
    tally = replay(desk.store, selection, desk.active, other(desk, rules), lambda done, of: None)
    assert tally is not None
    return tally


def told(tally: Tally) -> list[tuple[str, int, str, tuple[str, ...]]]:
    return [(change.told, count, change.cause, examples) for change, count, examples in tally.changes()]


def test_the_same_rules_change_nothing_and_progress_is_told(desk: Desk) -> None:
    said: list[tuple[int, int]] = []
    tally = replay(desk.store, ALL, desk.active, desk.active, lambda done, of: said.append((done, of)))
    assert tally is not None
    assert (tally.mails, tally.elsewhere, said[-1]) == (5, 0, (5, 5))


def test_what_would_go_elsewhere_is_told_with_the_rule_and_the_tickets(desk: Desk) -> None:
    table = "first: [{if: {subject: refund}, do: [{priority: urgent}, {tag: money}]}]"
    more = f"  - {{name: money, when: ticket.created, {table}}}\n"
    assert told(replayed(desk, RULES + more)) == [
        ("priority normal → urgent", 1, "rule money case 1 (10.yaml:6)", ("#2",)),
        ("tag none → money", 1, "rule money case 1 (10.yaml:6)", ("#2",)),
    ]


def test_each_mail_finds_its_ticket_as_it_was_then(desk: Desk) -> None:
    """The second mail made it urgent and got the tag; the third found it there, and the first found neither."""
    lines = [line for line in RULES.splitlines() if "name: again" not in line]
    found = told(replayed(desk, "\n".join(lines)))
    assert found == [("tag again → none", 1, "without rule again (10.yaml:5)", ("#1",))]


def test_mail_that_would_not_go_out_any_more_is_told_with_the_reason(desk: Desk) -> None:
    silent = RULES.replace("if: {subject: urgent}, ", "").replace("when: ticket.created, do", "when: note.added, do")
    sent = [each for each in told(replayed(desk, silent)) if "received" in each[0]]
    assert sent == [("received not sent any more", 2, "without rule ack (10.yaml:4)", ("#1", "#2"))]


def test_a_gate_and_a_door_are_outcomes(desk: Desk) -> None:
    gate = "  - {name: no-bots, when: message.received, if: {from: bot@acme.example}, do: [{drop: a robot}]}\n"
    assert told(replayed(desk, RULES + gate)) == [("a new ticket → discarded", 1, "rule no-bots (10.yaml:6)", ("#3",))]
    door = "  - {name: shut, when: message.received, if: {smtp.sender: acme.example}, do: [{reject: Not now}]}\n"
    counts = {change: count for change, count, _, _ in told(replayed(desk, RULES + door))}
    assert counts == {"a new ticket → refused": 3, "a follow-up → refused": 2}


def test_some_mails_can_be_chosen(desk: Desk) -> None:
    late, never = Selection(since=NOW + timedelta(minutes=90)), Selection(since=NOW + timedelta(days=9))
    newest = [Selection(last=count) for count in (2, 500, 0)]
    chosen = [replayed(desk, RULES, each).mails for each in (Selection(ticket="1"), *newest, late, never)]
    assert chosen == [3, 2, 5, 0, 3, 0]
    assert replay(desk.store, Selection(ticket="99"), desk.active, desk.active, lambda done, of: None) is None


def test_an_agents_command_is_decided_again_and_is_no_duplicate_of_itself(desk: Desk) -> None:
    nina, at = desk.active.policy.agents["nina"], NOW + timedelta(hours=6)
    ticket = desk.store.read_now(lambda c: load_tickets(c, (1,)))[1]
    address = signed_address(ticket, hers(nina), keys=desk.ring)
    raw = make_raw(f"Nina <{nina.address}>", address, "Re: Invoice", "#priority low", "<c@staff.example>", at, None)
    [plan] = Pipeline(desk.store, desk.active.policy, at).run([(raw, make_envelope(nina.address, address, at=at))])
    assert plan.outcome.kind == "command"
    more = RULES + "  - {name: calm, when: {priority.changed: {to: low}}, do: [{tag: calm}]}\n"
    assert told(replayed(desk, more)) == [("tag none → calm", 1, "rule calm (10.yaml:6)", ("#1",))]


def test_a_store_opened_for_reading_refuses_to_write(desk: Desk, migrated_url: str) -> None:
    store = Store(migrated_url, read_only=True)
    try:
        count = store.read_now(lambda c: c.execute(sa.select(sa.func.count()).select_from(metadata.tables["spool"])))
        assert count is not None
        tally = replay(store, ALL, desk.active, desk.active, lambda done, of: None)
        assert tally is not None
        assert tally.mails == 5
        with pytest.raises((SQLAlchemyError, MailgateError)):
            store.write_now(lambda c: c.execute(sa.delete(metadata.tables["outbox"])))
    finally:
        store.close()
