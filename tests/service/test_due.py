"""What is due without a mail is done once, by the node that leads, and nothing that fails stops the rest."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from mailgate.clock import ManualClock
from mailgate.decision.due import pending_is_over
from mailgate.decision.policy import Policy
from mailgate.errors import LeadLost
from mailgate.ids import SeededIds
from mailgate.notify.templates import Templates
from mailgate.service.active import ActiveSet
from mailgate.service.due import AGAIN_AFTER, DueWork
from mailgate.store import tables
from mailgate.store.engine import Store
from mailgate.store.history import broken_chains
from mailgate.store.lead import take_lead
from tests.store.test_carry_out import Desk, rows
from tests.support.desk import ANA, KIM, NINA, NOW, make_envelope, make_policy, make_raw

RULES = """
rules:
  - {name: ack, when: ticket.created, do: [{reply: received}]}
  - {name: due, when: pending.due, do: [{notify: {owner: true, template: agent_due}}, {reply: closed}]}
"""
POLICY = make_policy(RULES)


@pytest.fixture(scope="module")
def templates() -> Templates:
    shipped = Path(__file__).resolve().parents[2] / "templates"
    return Templates.load(shipped, shipped)


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    opened = Store(migrated_url)
    try:
        yield opened
    finally:
        opened.close()


class Due:
    """A desk with a ticket, and the work that is due on it."""

    def __init__(self, store: Store, templates: Any, policy: Policy = POLICY) -> None:
        self.store, self.clock = store, ManualClock(NOW)
        self.desk = Desk(store, policy, templates=templates)
        self.epoch, self.wakes = self.desk.epoch, 0
        self.active = ActiveSet(policy, templates, None, {})  # type: ignore[arg-type]  # its configuration is not asked for
        ids: Any = SeededIds(99)
        self.work = DueWork(store, lambda: self.active, lambda: self.epoch, self.clock, ids, self.woken)

    def woken(self) -> None:
        self.wakes += 1

    def mails(self, *templates: str) -> list[str]:
        return [row["recipient"] for row in rows(self.store, tables.outbox) if row["template"] in templates]

    def pend(self, *numbers: int) -> None:
        """Those tickets are pending, and their time comes in an hour."""
        values = {"state": "pending", "pending_until": NOW + timedelta(hours=1)}
        chosen = tables.tickets.c.id.in_(numbers)
        self.store.write_now(lambda c: c.execute(sa.update(tables.tickets).where(chosen).values(**values)))

    def states(self) -> list[str]:
        return [row["state"] for row in rows(self.store, tables.tickets)]


@pytest.mark.asyncio
async def test_a_pending_ticket_opens_at_its_time_and_once(store: Store, templates: Templates) -> None:
    due = Due(store, templates)
    ticket = due.desk.begin()
    due.desk.says("#pending 2h\n#take", ticket)
    await due.work.tick()
    assert (due.states(), due.wakes) == (["pending"], 0)
    due.clock.advance(timedelta(hours=2))
    for _ in range(3):
        await due.work.tick()
    assert (due.states(), due.wakes) == (["open"], 1)
    assert due.mails("agent_due") == [NINA.address]
    assert store.read_now(broken_chains) == []


@pytest.mark.asyncio
async def test_what_a_rule_then_writes_to_the_customer_is_kept_as_it_was_written(
    store: Store, templates: Templates
) -> None:
    due = Due(store, templates)
    due.desk.begin()
    due.pend(1)
    due.clock.advance(timedelta(hours=1))
    await due.work.tick()
    assert due.mails("closed") == [ANA]
    article = rows(store, tables.articles, template="closed")[0]
    mail = rows(store, tables.outbox, template="closed")[0]
    assert article["text"]
    assert article["message_id"] == mail["message_id"]
    assert b"In-Reply-To: <1@acme.example>" in bytes(mail["content"])


@pytest.mark.asyncio
async def test_a_node_that_does_not_lead_does_nothing(store: Store, templates: Templates) -> None:
    due = Due(store, templates)
    due.desk.begin()
    due.pend(1)
    due.clock.advance(timedelta(hours=1))
    due.epoch = 0
    await due.work.tick()
    assert due.states() == ["pending"]
    due.epoch = due.desk.epoch
    store.write_now(lambda c: take_lead(c, "another", NOW))
    with pytest.raises(LeadLost):
        await due.work.tick()
    assert due.states() == ["pending"]


@pytest.mark.asyncio
async def test_a_ticket_that_moved_since_it_was_found_is_left_alone(store: Store, templates: Templates) -> None:
    due = Due(store, templates)
    due.desk.begin()
    due.pend(1)
    due.clock.advance(timedelta(hours=1))
    store.write_now(lambda c: c.execute(sa.update(tables.tickets).values(state="closed")))
    await due.work._pending(1, due.epoch)
    assert (due.states(), due.mails("agent_due", "closed")) == (["closed"], [])


@pytest.mark.asyncio
async def test_what_a_template_defeats_is_done_without_rules(store: Store, templates: Templates) -> None:
    class Touchy:
        def render(self, name: str, *rest: Any) -> Any:
            if name == "agent_due":
                raise ValueError("defeated")
            return templates.render(name, *rest)

    due = Due(store, Touchy())
    due.desk.begin()
    due.pend(1)
    due.clock.advance(timedelta(hours=1))
    await due.work.tick()
    assert (due.states(), due.mails("agent_due", "closed")) == (["open"], [])


@pytest.mark.asyncio
async def test_what_cannot_be_done_is_tried_again_later_and_stops_no_other(
    store: Store, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailgate.service import due as module

    due = Due(store, templates)
    for n in range(4):
        due.desk.run([(make_raw(message_id=f"<{n}@acme.example>", subject=f"s{n}"), None)])
    due.pend(1, 2, 3, 4)
    due.clock.advance(timedelta(hours=1))
    tried: list[int] = []

    def touchy(ticket: Any, *rest: Any) -> Any:
        tried.append(ticket.id)
        if ticket.id in (1, 2):
            raise ValueError("defeated")
        return real(ticket, *rest)

    real = pending_is_over
    monkeypatch.setattr(module, "pending_is_over", touchy)
    monkeypatch.setattr(module, "AT_ONCE", 2)
    for _ in range(3):
        await due.work.tick()
    assert due.states() == ["pending", "pending", "open", "open"]
    assert tried.count(1) == 2  # with rules, then without, and not again with each tick
    due.clock.advance(AGAIN_AFTER)
    monkeypatch.setattr(module, "pending_is_over", real)
    await due.work.tick()
    assert due.states() == ["open"] * 4


def fail(due: Due) -> None:
    values = {"state": "failed", "last_reply": "550 5.1.1 unknown"}
    mine = tables.outbox.c.kind == "customer"
    due.store.write_now(lambda c: c.execute(sa.update(tables.outbox).where(mine).values(**values)))


@pytest.mark.asyncio
async def test_the_author_of_an_answer_that_failed_is_told_once_and_the_ticket_opens(
    store: Store, templates: Templates
) -> None:
    due = Due(store, templates)
    ticket = due.desk.begin()
    due.desk.says("#close\nIt was sent.", ticket)
    assert due.states() == ["closed"]
    fail(due)
    for _ in range(3):
        await due.work.tick()
    assert (due.states(), due.mails("delivery_failed")) == (["open"], [NINA.address])
    (mail,) = rows(store, tables.outbox, template="delivery_failed")
    assert b"It was sent." in bytes(mail["content"])
    assert rows(store, tables.outbox, kind="customer")[0]["told_at"] == NOW


@pytest.mark.asyncio
async def test_an_answer_on_a_merged_ticket_opens_the_target(store: Store, templates: Templates) -> None:
    due = Due(store, templates)
    due.desk.says("#close\nIt was sent.", due.desk.begin())
    (plan,) = due.desk.run([(make_raw(message_id="<target@x>", subject="target"), None)])
    assert plan.ticket is not None
    target = plan.ticket.id

    def merge(c: sa.Connection) -> None:
        c.execute(sa.update(tables.tickets).where(tables.tickets.c.id == 1).values(state="merged", merged_into=target))
        c.execute(sa.update(tables.tickets).where(tables.tickets.c.id == target).values(state="closed"))

    store.write_now(merge)
    fail(due)
    await due.work.tick()
    assert (due.states(), due.mails("delivery_failed")) == (["merged", "open"], [NINA.address])


# --- lists


def flood(due: Due, mails: int) -> None:
    for n in range(mails):
        raw = make_raw(message_id=f"<f{n}@acme.example>", sender=f"a{n}@b{n}.example", subject=f"s{n}", verified=None)
        due.desk.accept(raw)
    due.desk.process()


TELL = make_policy("rules: [{name: x, when: ticket.created, do: [{notify: {team: queue, template: agent_new}}]}]")


@pytest.mark.asyncio
async def test_above_twenty_notifications_the_rest_comes_in_one_list_and_none_is_lost(
    store: Store, templates: Templates
) -> None:
    due = Due(store, templates, TELL)
    flood(due, 30)
    assert due.mails("agent_new").count(NINA.address) == 20
    await due.work.tick()
    assert due.mails("digest") == []
    due.clock.advance(timedelta(minutes=10))
    for _ in range(2):
        await due.work.tick()
    assert sorted(due.mails("digest")) == [KIM.address, NINA.address]
    content = b"".join(
        bytes(row["content"]) for row in rows(store, tables.outbox, template="digest", recipient=NINA.address)
    )
    assert all(f"s{n}".encode() in content for n in range(20, 30))
    assert rows(store, tables.digest_lines) == []


@pytest.mark.asyncio
async def test_who_left_gets_no_list_and_her_lines_go(store: Store, templates: Templates) -> None:
    due = Due(store, templates, TELL)
    line = {"agent": "gone", "line": "x", "at": NOW, "due_at": NOW}
    store.write_now(lambda c: c.execute(sa.insert(tables.digest_lines).values(**line)))
    await due.work.tick()
    assert (due.mails("digest"), rows(store, tables.digest_lines)) == ([], [])


@pytest.mark.asyncio
async def test_a_list_that_cannot_be_written_keeps_its_lines(store: Store, templates: Templates) -> None:
    class Touchy:
        def render(self, name: str, *rest: Any) -> Any:
            raise ValueError("defeated")

    due = Due(store, Touchy())
    line = {"agent": "nina", "line": "x", "at": NOW, "due_at": NOW}
    store.write_now(lambda c: c.execute(sa.insert(tables.digest_lines).values(**line)))
    await due.work.tick()
    assert len(rows(store, tables.digest_lines)) == 1
    due.active = ActiveSet(POLICY, templates, None, {})  # type: ignore[arg-type]  # as above
    due.clock.advance(AGAIN_AFTER)
    await due.work.tick()
    assert due.mails("digest") == [NINA.address]


PASSES_ON = """
rules:
  - {name: on, when: ticket.created, if: {subject: fan}, do: [{forward: {to: parts@vendor.example}}]}
  - {name: due, when: pending.due, do: [{merge: {into: "2"}}]}
"""
REPORT = (
    "--b\nContent-Type: text/plain\n\nnot delivered\n"
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.vendor.example\n\n"
    "Final-Recipient: rfc822; parts@vendor.example\nAction: failed\nStatus: 5.1.1\n--b--"
)


@pytest.mark.asyncio
async def test_a_rule_of_a_timer_merges_into_a_ticket_that_it_alone_names(store: Store, templates: Templates) -> None:
    due = Due(store, templates, make_policy(PASSES_ON))
    due.desk.begin()
    due.desk.run([(make_raw(message_id="<2@x.example>"), None)])
    due.pend(1)
    due.clock.advance(timedelta(hours=1))
    await due.work.tick()
    assert due.states() == ["merged", "new"]
    assert [row["ticket_id"] for row in rows(store, tables.history, event="ticket.took-in")] == [2]


@pytest.mark.asyncio
async def test_a_forwarded_mail_that_does_not_arrive_is_told_to_those_whom_the_ticket_concerns(
    store: Store, templates: Templates
) -> None:
    due = Due(store, templates, make_policy(PASSES_ON))
    due.desk.run([(make_raw(subject="a fan"), None)])
    (mail,) = rows(store, tables.outbox, template="forward")
    store.write_now(lambda c: c.execute(sa.update(tables.outbox).values(state="sent")))
    fields: dict[str, Any] = {
        "content_type": "multipart/report; report-type=delivery-status; boundary=b",
        "mime_version": "1.0",
    }
    raw = make_raw("MAILER-DAEMON@mx.vendor.example", mail["reverse_path"], text=REPORT, message_id="<r@v>", **fields)
    (plan,) = due.desk.run([(raw, make_envelope(None, mail["reverse_path"]))])
    assert plan.outcome.kind == "bounce"
    await due.work.tick()
    assert due.mails("delivery_failed") == [NINA.address, KIM.address]
    (told,) = rows(store, tables.outbox, template="forward")
    assert (told["state"], told["told_at"] is not None) == ("failed", True)
