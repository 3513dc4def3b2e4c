"""Schedules for the desk itself ring once for a time, and a refused reload is an event once, on both databases."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailgate.cli.explain import as_json
from mailgate.clock import SystemClock
from mailgate.errors import LeadLost
from mailgate.ids import SystemIds
from mailgate.notify.templates import Templates
from mailgate.rules.ruleset import compiled
from mailgate.service.active import ActiveSet
from mailgate.service.opening import Desk
from mailgate.service.reload import Reload
from mailgate.store import tables
from mailgate.store.engine import Store
from mailgate.store.explained import explain_desk
from mailgate.store.outbox import Attempted, claim, record
from mailgate.store.ran import ran_since
from tests.rules.desk import VOCABULARY
from tests.service.test_reload import desk as desk
from tests.service.test_timed import Timed
from tests.service.test_timed import store as store
from tests.service.test_timed import templates as templates
from tests.store.test_carry_out import rows
from tests.support.desk import KIM, NOW, make_policy
from tests.support.stage import SHIPPED, made, passes

DIGEST = """
rules:
  - name: morning
    when: {schedule: "0 8 * * mon-fri"}
    do: [{notify: {role: lead, template: open_tickets}}]
"""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY_8 = datetime(2026, 11, 23, 8, 0, tzinfo=NOW.tzinfo)  # NOW is the Sunday before


@pytest.mark.asyncio
async def test_it_rings_once_for_each_time_and_missed_times_are_made_up_for_once(
    store: Store, templates: Templates
) -> None:
    desk = Timed(store, templates, DIGEST)
    await desk.wait()
    desk.begin(3)
    await desk.wait(MONDAY_8 - NOW - timedelta(seconds=1))
    assert desk.mails("open_tickets") == []
    await desk.wait(timedelta(seconds=1))
    assert desk.mails("open_tickets") == [KIM.address]
    await desk.wait(HOUR)
    desk.works = [desk.node(5)]  # it was down for a week
    await desk.wait(7 * DAY)
    assert len(desk.mails("open_tickets")) == 2
    await desk.wait(-2 * HOUR)
    await desk.wait(2 * HOUR)
    assert len(desk.mails("open_tickets")) == 2
    (first, _) = rows(store, tables.outbox, template="open_tickets")
    assert (first["ticket_id"], first["state"], first["kind"]) == (None, "waiting", "report")
    assert b"support: 3" in first["content"]
    assert desk.tickets("version") == [1, 1, 1]


@pytest.mark.asyncio
async def test_what_it_did_stands_in_a_trace_and_is_counted(store: Store, templates: Templates) -> None:
    desk = Timed(store, templates, DIGEST)
    await desk.wait()
    await desk.wait(MONDAY_8 - NOW)
    (found,) = store.read_now(explain_desk)
    assert found.trace.at == MONDAY_8
    (rule,) = as_json(found.trace, ())["rules"]
    assert (rule["name"], rule["line"], rule["verdict"]) == ("morning", 3, "match")
    assert rule["actions"] == ['notify role lead "open_tickets"']
    (effect,) = found.effects
    assert (effect.actor, effect.event, effect.detail["to"]) == ("rule:morning", "mail.composed", KIM.address)
    assert effect.mail is not None
    assert effect.mail.state == "waiting"
    assert store.read_now(lambda c: ran_since(c, NOW))["morning"].matched == 1


@pytest.mark.asyncio
async def test_two_nodes_ring_it_once(store: Store, templates: Templates) -> None:
    desk = Timed(store, templates, DIGEST)
    desk.works += [desk.node(7), desk.node(8)]
    await desk.wait()
    desk.clock.advance(DAY)
    for _ in range(3):
        await asyncio.gather(*(work.tick() for work in desk.works))
    assert desk.mails("open_tickets") == [KIM.address]
    assert len(rows(store, tables.traces, ticket_id=None)) == 1


@pytest.mark.asyncio
async def test_a_node_that_lost_the_lead_rings_nothing(store: Store, templates: Templates) -> None:
    desk = Timed(store, templates, DIGEST)
    await desk.wait()
    desk.desk.epoch += 1
    desk.clock.advance(DAY)
    with pytest.raises(LeadLost):
        await desk.works[0].tick()
    assert desk.mails("open_tickets") == []


@pytest.mark.asyncio
async def test_a_rule_that_is_now_for_each_ticket_begins_anew(store: Store, templates: Templates) -> None:
    desk = Timed(store, templates, DIGEST)
    await desk.wait()
    text = DIGEST.replace('fri"}', 'fri", for_each: ticket}').replace("open_tickets", "agent_due")
    desk.active = desk.set_of(make_policy(text))
    await desk.wait()
    desk.begin(2)
    await desk.wait(DAY)
    assert (desk.mails("open_tickets"), desk.mails("agent_due")) == ([], [KIM.address] * 2)


@pytest.mark.asyncio
@pytest.mark.parametrize("form", ["{schedule: '0 8 * * *'}", "{schedule: '0 8 * * *', for_each: ticket}"])
async def test_after_a_clock_that_was_a_year_ahead_a_schedule_goes_on(
    form: str, store: Store, templates: Templates
) -> None:
    template = "agent_due" if "each" in form else "open_tickets"
    rule = f"rules: [{{name: r, when: {form}, do: [{{notify: {{to: kim, template: {template}}}}}]}}]"
    desk = Timed(store, templates, rule)
    await desk.wait()
    desk.begin(1)
    await desk.wait(365 * DAY)
    assert len(desk.mails(template)) == 1
    await desk.wait(-363 * DAY)
    assert len(desk.mails(template)) == 1
    await desk.wait(DAY)
    assert len(desk.mails(template)) == 2


@pytest.mark.asyncio
async def test_what_a_template_defeats_stops_no_other_and_goes_out_when_it_is_mended(
    store: Store, templates: Templates, tmp_path: Path
) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "open_tickets.md").write_text(
        "---\nsubject: x\nkind: report\n---\n{% if notice[0] == 'support: 0' %}{{ notice[99] }}{% endif %}\n"
    )
    desk = Timed(
        store, templates, DIGEST + DIGEST.replace("rules:", "").replace("morning", "again").replace("lead", "agent")
    )
    await desk.wait()
    broken = Templates.load(tmp_path, Path(__file__).resolve().parents[2] / "templates")
    policy = desk.active.policy
    desk.active = ActiveSet(policy, broken, None, {})  # type: ignore[arg-type]  # its configuration is not asked for
    await desk.wait(MONDAY_8 - NOW)
    assert desk.mails("open_tickets") == []
    desk.active = desk.set_of(policy)
    await desk.wait(timedelta(minutes=11))
    assert len(desk.mails("open_tickets")) == 3


@pytest.mark.asyncio
async def test_a_call_for_the_desk_is_done_as_any_other_and_belongs_to_no_ticket(
    store: Store, templates: Templates
) -> None:
    text = "rules: [{name: r, when: {schedule: '0 8 * * *'}, do: [{webhook: erp}]}]"
    ruleset, _, _ = compiled({"10.yaml": text.encode()}, VOCABULARY)
    assert ruleset is not None
    desk = Timed(store, templates, "")
    desk.active = desk.set_of(replace(make_policy(), rules=ruleset))
    await desk.wait()
    await desk.wait(DAY)
    due = store.write_now(lambda c: claim(c, "w", desk.clock.now(), 5, calls=True))
    assert [each.recipient for each in due] == ["https://erp.example.com/hook"]
    result = Attempted(due[0].id, "failed", "404", is_call=True)
    store.write_now(lambda c: record(c, "w", [result], desk.clock.now(), SystemIds()))
    (row,) = rows(store, tables.outbox)
    assert (row["state"], row["ticket_id"], row["last_reply"]) == ("failed", None, "404")


def test_a_rehearsal_rings_it_too() -> None:
    rules = """
    rules:
      - {name: morning, when: {schedule: "0 8 * * mon-fri"}, do: [{notify: {to: nina, template: open_tickets}}]}
    """
    text = """
    given: {now: "2026-03-02T09:30:00+01:00"}
    tests:
      - name: the morning comes
        steps:
          - wait: 22h
            expect: {fired: none}
          - wait: 1h
            expect: {fired: morning, sent: none, told: {agent: nina, template: open_tickets, body: "support: 0"}}
    """
    passes(text, made({**SHIPPED, "10-routing.yaml": rules}))


REFUSED = """
rules:
  - {name: tell, when: reload.failed, do: [{notify: {to: nina, template: reload_failed}}]}
"""


@pytest.mark.asyncio
async def test_a_refused_reload_is_an_event_once_beside_the_mail_to_the_admins(desk: Desk, tmp_path: Path) -> None:
    reload = Reload(desk, SystemClock(), SystemIds(), None, _nothing)
    (tmp_path / "config.toml").write_text(desk.config.text)

    async def hang_up(text: str) -> None:
        (tmp_path / "rules" / "10.yaml").write_text(text)
        reload.hang_up()
        assert reload._hung_up is not None
        await reload._hung_up

    await hang_up(REFUSED)
    for _ in range(2):
        await hang_up(REFUSED.replace("nina", "nobody"))
    sent = [(row["recipient"], row["ticket_id"]) for row in rows(desk.store, tables.outbox, template="reload_failed")]
    assert sent == [("ops@staff.example", None), ("nina@staff.example", None)]
    assert [each.trace.body["events"][0]["event"] for each in desk.store.read_now(explain_desk)] == ["reload.failed"]


async def _nothing() -> None:
    pass
