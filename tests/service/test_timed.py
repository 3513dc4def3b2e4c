"""Rules with a timer ring once, at their time, on what is silent; whatever becomes of clock, node and tick."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailgate.cli.ticket import page
from mailgate.clock import ManualClock
from mailgate.errors import LeadLost
from mailgate.ids import SeededIds
from mailgate.notify.templates import Templates
from mailgate.rules.ruleset import compiled
from mailgate.rules.vocabulary import Vocabulary
from mailgate.service.active import ActiveSet
from mailgate.service.due import DueWork
from mailgate.store import rule_timers, tables
from mailgate.store.engine import Store
from mailgate.store.history import broken_chains
from mailgate.store.lead import take_lead
from mailgate.store.reports import ticket_show
from mailgate.tickets.calendar import Calendar
from mailgate.tickets.model import Ticket
from tests.store.test_carry_out import Desk, rows
from tests.support.desk import ANA, KIM, NOW, make_envelope, make_policy, make_raw

CHASE = """
rules:
  - name: chase
    when: {idle: 3d, waiting_for: customer}
    do: [{reply: received}, {close: {after: 4d, template: closed}}]
"""
ESCALATE = """
rules:
  - name: escalate
    when: {idle: 4h, waiting_for: agent}
    do: [{priority: urgent}, {notify: {role: lead, template: agent_due}}]
"""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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


class Timed:
    """A desk whose clock the test moves, with one or more nodes that ring its timers."""

    def __init__(self, store: Store, templates: Templates, rules: str, **overrides: Any) -> None:
        self.store, self.clock = store, ManualClock(NOW)
        policy = make_policy(rules, **overrides)
        self.desk = Desk(store, policy, templates=templates)
        self.active = self.set_of(policy)
        self.works = [self.node(99)]

    def set_of(self, policy: Any) -> ActiveSet:
        return ActiveSet(policy, self.desk.templates, None, {})  # type: ignore[arg-type]  # its configuration is not asked for

    def node(self, seed: int) -> DueWork:
        ids: Any = SeededIds(seed)
        return DueWork(self.store, lambda: self.active, lambda: self.desk.epoch, self.clock, ids, lambda: None)

    async def wait(self, time: timedelta = timedelta(0), ticks: int = 2) -> None:
        self.clock.advance(time)
        self.desk.now = self.clock.now()
        for _ in range(ticks):
            for work in self.works:
                await work.tick()

    def answered(self) -> Ticket:
        """Ana's ticket, answered by Nina: it waits for Ana."""
        ticket = self.desk.begin()
        self.desk.says("Which version?", ticket)
        return self.desk.ticket()

    def begin(self, number: int) -> None:
        """So many tickets of people who wait."""
        mails = [
            (make_raw(sender=f"p{each}@acme.example", message_id=f"<{each}@p>", at=self.clock.now()), None)
            for each in range(number)
        ]
        self.desk.run(mails)

    def mails(self, *templates: str) -> list[str]:
        return [row["recipient"] for row in rows(self.store, tables.outbox) if row["template"] in templates]

    def tickets(self, column: str) -> list[Any]:
        return [row[column] for row in rows(self.store, tables.tickets)]

    def told(self, event: str) -> int:
        return len(rows(self.store, tables.history, event=event))


@pytest.mark.asyncio
async def test_silence_is_chased_once_and_then_closed(store: Store, templates: Templates) -> None:
    desk = Timed(store, templates, CHASE)
    await desk.wait()
    desk.answered()
    await desk.wait(3 * DAY - timedelta(seconds=1))
    assert desk.mails("received") == []
    await desk.wait(timedelta(seconds=1))
    assert desk.mails("received") == [ANA]
    await desk.wait(DAY)
    assert (desk.mails("received", "closed"), desk.tickets("state")) == ([ANA], ["open"])
    shown = store.read_now(lambda c: ticket_show(c, desk.tickets("number")[0]))
    assert shown is not None
    assert "closes at 2026-11-29 09:30 unless somebody writes (rule:chase)" in page(shown)
    await desk.wait(3 * DAY)
    assert (desk.mails("received", "closed"), desk.tickets("state")) == ([ANA, ANA], ["closed"])
    assert (desk.tickets("close_at"), desk.told("close.planned")) == ([None], 1)
    assert store.read_now(broken_chains) == []
    await desk.wait(30 * DAY)
    assert desk.mails("received", "closed") == [ANA, ANA]


@pytest.mark.asyncio
@pytest.mark.parametrize("who", ["the customer writes", "an agent writes", "its state changes"])
async def test_a_ticket_is_not_closed_for_silence_when_somebody_speaks(
    store: Store, templates: Templates, who: str
) -> None:
    desk = Timed(store, templates, CHASE)
    await desk.wait()
    ticket = desk.answered()
    await desk.wait(3 * DAY)
    if who == "the customer writes":
        desk.desk.run([(make_raw(message_id="<2@acme.example>", in_reply_to="<1@acme.example>"), None)])
    else:
        desk.desk.says("#pending 30d" if who == "its state changes" else "And which system?", desk.desk.ticket())
    assert (desk.tickets("close_at"), desk.told("close.cancelled")) == ([None], 1)
    await desk.wait(4 * DAY)
    assert desk.tickets("state") != ["closed"]
    assert ticket.id == 1


@pytest.mark.asyncio
async def test_the_customers_next_silence_is_another_episode(store: Store, templates: Templates) -> None:
    desk = Timed(store, templates, CHASE)
    await desk.wait()
    desk.answered()
    await desk.wait(3 * DAY)
    desk.desk.says("And which system?", desk.desk.ticket())
    await desk.wait(3 * DAY)
    assert desk.mails("received") == [ANA, ANA]


@pytest.mark.asyncio
async def test_a_rule_waits_for_the_one_whose_turn_it_is(store: Store, templates: Templates) -> None:
    desk = Timed(store, templates, CHASE + ESCALATE.replace("rules:\n", ""))
    await desk.wait()
    desk.answered()
    await desk.wait(5 * HOUR)
    assert desk.tickets("priority") == ["normal"]
    desk.desk.run([(make_raw(message_id="<2@acme.example>", in_reply_to="<1@acme.example>"), None)])
    await desk.wait(4 * HOUR)
    assert (desk.tickets("priority"), desk.mails("agent_due")) == (["urgent"], [KIM.address])
    await desk.wait(10 * DAY)
    assert desk.mails("received") == []


@pytest.mark.asyncio
async def test_a_rule_that_does_not_fit_has_had_its_look_until_the_state_changes(
    store: Store, templates: Templates
) -> None:
    desk = Timed(store, templates, CHASE.replace("do:", "if: {state: pending}\n    do:"))
    await desk.wait()
    ticket = desk.answered()
    await desk.wait(4 * DAY)
    assert desk.mails("received") == []
    assert len(rows(store, tables.rule_turns)) == 1
    assert rows(store, tables.traces, spool_id=None) == []
    desk.desk.says("#pending 30d", ticket)
    await desk.wait()
    assert desk.mails("received") == [ANA]


@pytest.mark.asyncio
async def test_a_new_rule_acts_on_what_becomes_due_from_then_on_unless_it_looks_back(
    store: Store, templates: Templates
) -> None:
    desk = Timed(store, templates, "")
    desk.begin(1)
    await desk.wait(5 * HOUR)
    missing = ESCALATE.replace("do:", "if: {tag: none}\n    do:").replace("4h", "4h, backfill: true")
    back = ESCALATE.replace("4h", "3h, backfill: true")
    for text, then in ((ESCALATE, "normal"), (missing, "normal"), (back, "urgent")):
        desk.active = desk.set_of(make_policy(text))
        await desk.wait(ticks=3)
        assert desk.tickets("priority") == [then]


@pytest.mark.asyncio
async def test_a_clock_that_jumps_to_and_fro_escalates_no_more_than_the_limit_and_nothing_twice(
    store: Store, templates: Templates
) -> None:
    desk = Timed(store, templates, ESCALATE, max_tickets_per_run=5)
    await desk.wait()
    desk.begin(12)
    await desk.wait(3 * HOUR)
    await desk.wait(2 * HOUR)
    assert desk.told("priority.changed") == 5
    await desk.wait(-2 * HOUR)
    await desk.wait(30 * timedelta(minutes=1))
    assert desk.told("priority.changed") == 5
    assert desk.mails("rule_stopped") == ["root@example.com"]
    for _ in range(6):
        await desk.wait(HOUR)
    assert desk.told("priority.changed") == 12
    assert sorted(desk.tickets("priority")) == ["urgent"] * 12
    assert desk.mails("rule_stopped") == ["root@example.com"]


@pytest.mark.asyncio
async def test_two_nodes_ring_once_and_who_lost_the_lead_rings_nothing(store: Store, templates: Templates) -> None:
    desk = Timed(store, templates, ESCALATE)
    desk.works.append(desk.node(7))
    await desk.wait()
    desk.begin(3)
    desk.clock.advance(4 * HOUR)
    for _ in range(3):
        await asyncio.gather(*(work.tick() for work in desk.works))
    assert len(desk.mails("agent_due")) == 3
    desk.desk.run([(make_raw(message_id="<late@acme.example>"), None)])
    store.write_now(lambda c: take_lead(c, "another", NOW))
    with pytest.raises(LeadLost):
        await desk.wait(4 * HOUR)
    assert len(desk.mails("agent_due")) == 3


@pytest.mark.asyncio
async def test_what_dies_before_it_is_recorded_has_not_happened(
    store: Store, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Timed(store, templates, ESCALATE)
    await desk.wait()
    desk.begin(1)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rule_timers, "looked_at", killed)
        with pytest.raises(KeyboardInterrupt):
            await desk.wait(4 * HOUR)
    assert (desk.mails("agent_due"), desk.tickets("priority")) == ([], ["normal"])
    desk.works = [desk.node(8)]
    await desk.wait()
    assert (desk.mails("agent_due"), desk.tickets("priority")) == ([KIM.address], ["urgent"])


MORNING = """
rules:
  - name: morning
    when: {schedule: "0 8 * * *", for_each: ticket}
    if: {owner: none}
    do: [{tag: again}, {notify: {role: lead, template: agent_due}}]
"""


@pytest.mark.asyncio
async def test_a_schedule_looks_at_each_open_ticket_at_its_time_and_makes_up_for_many_missed_times_once(
    store: Store, templates: Templates
) -> None:
    desk = Timed(store, templates, MORNING)
    await desk.wait()
    desk.begin(3)
    mine = desk.desk.plans[1].ticket
    assert mine is not None
    desk.desk.says("#take", mine)
    await desk.wait(datetime(2026, 11, 23, 7, 59, 59, tzinfo=NOW.tzinfo) - NOW)
    assert desk.mails("agent_due") == []
    await desk.wait(timedelta(seconds=1))
    assert len(desk.mails("agent_due")) == 2
    await desk.wait(HOUR)
    assert len(desk.mails("agent_due")) == 2
    desk.works = [desk.node(5)]  # it was down for a week
    await desk.wait(7 * DAY)
    assert len(desk.mails("agent_due")) == 4
    await desk.wait(-2 * HOUR)
    await desk.wait(2 * HOUR)
    assert len(desk.mails("agent_due")) == 4


@pytest.mark.asyncio
async def test_two_nodes_make_one_round_of_a_schedule(store: Store, templates: Templates) -> None:
    desk = Timed(store, templates, MORNING)
    desk.works.append(desk.node(7))
    await desk.wait()
    desk.begin(4)
    desk.clock.advance(DAY)
    for _ in range(4):
        await asyncio.gather(*(work.tick() for work in desk.works))
    assert len(desk.mails("agent_due")) == 4


@pytest.mark.asyncio
async def test_business_time_counts_only_while_somebody_is_there(store: Store, templates: Templates) -> None:
    """NOW is a Sunday; the office opens on Monday at nine in Berlin."""
    office = Calendar("office", ZoneInfo("Europe/Berlin"), (((540, 1020),),) * 5 + ((), ()))
    vocabulary = Vocabulary(templates=frozenset({"agent_due"}), roles=frozenset({"lead"}), calendars={"office": office})
    text = ESCALATE.replace("idle: 4h", "idle: 4h, calendar: office").encode()
    ruleset, _, _ = compiled({"10.yaml": text}, vocabulary)
    assert ruleset is not None
    desk = Timed(store, templates, "")
    desk.active = desk.set_of(replace(make_policy(), rules=ruleset))
    await desk.wait()
    desk.begin(1)
    await desk.wait(datetime(2026, 11, 23, 11, 59, 59, tzinfo=NOW.tzinfo) - NOW)
    assert desk.tickets("priority") == ["normal"]
    await desk.wait(timedelta(seconds=1))
    assert desk.tickets("priority") == ["urgent"]


@pytest.mark.asyncio
async def test_an_idle_desk_with_timers_writes_nothing(
    store: Store, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Timed(store, templates, CHASE + ESCALATE.replace("rules:\n", ""))
    await desk.wait()
    written: list[Any] = []
    write = store.write

    def counted(unit: Any) -> Any:
        written.append(unit)
        return write(unit)

    monkeypatch.setattr(store, "write", counted)
    await desk.wait(timedelta(minutes=1), ticks=5)
    assert written == []


ONCE = """
rules:
  - {name: once, when: customer.replied, once: SCOPE, do: [{note: seen}]}
"""


@pytest.mark.parametrize(("scope", "notes"), [("event", 4), ("episode", 4), ("ticket", 2), ("customer/7d", 1)])
def test_a_rule_runs_as_often_as_it_says(store: Store, templates: Templates, scope: str, notes: int) -> None:
    """Two tickets of Ana's, two answers to each, in one batch."""
    desk = Desk(store, make_policy(ONCE.replace("SCOPE", scope)), templates=templates)
    desk.run([(make_raw(message_id=f"<{each}@a>"), make_envelope()) for each in (1, 2)])
    answers = [(make_raw(message_id=f"<{n}.{of}@a>", in_reply_to=f"<{of}@a>"), None) for of in (1, 2) for n in (1, 2)]
    desk.run(answers[:2])
    desk.run(answers[2:])
    assert len(rows(store, tables.articles, text="seen")) == notes
    passed_over = sum("it had its turn" in row["body"] for row in rows(store, tables.traces))
    assert passed_over == 4 - notes
