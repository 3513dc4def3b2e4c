"""What the rules say to something that happened to the desk itself: who is told, what is called, each once."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailgate.decision.desk import DeskEvent, happened_to_the_desk, reload_refused, schedule_came
from mailgate.decision.plan import Plan
from mailgate.rules.ruleset import compiled
from tests.rules.desk import VOCABULARY
from tests.support.desk import KIM, NINA, NOW, make_policy

NAMES = replace(VOCABULARY, templates=VOCABULARY.templates | {"open_tickets", "reload_failed"}, reports=None)
MORNING = '{schedule: "0 8 * * *"}'


def plan_of(rules: str, event: DeskEvent, now: datetime = NOW, **overrides: Any) -> Plan | None:
    ruleset, problems, _ = compiled({"10.yaml": f"rules:\n{rules}".encode()}, NAMES)
    assert ruleset is not None, problems
    return happened_to_the_desk(event, replace(make_policy(**overrides), rules=ruleset), b"n" * 8, now)


def came(rule: str = "r") -> DeskEvent:
    return schedule_came(rule, NOW, {"billing": 3, "gone": 1}, make_policy())


def test_the_lines_of_a_schedule_are_the_open_tickets_of_each_queue() -> None:
    assert came().facts == ("support: 0", "billing: 3", "gone: 1")


def test_each_person_is_told_once_with_a_template_in_her_language() -> None:
    rules = f"""
  - name: r
    when: {MORNING}
    do:
      - notify: {{role: agent, template: open_tickets}}
      - notify: {{to: [kim, boss@partner.example, support@example.com], template: open_tickets}}
      - notify: {{to: kim, template: reload_failed}}
"""
    agents = {"nina": replace(NINA, language="es"), "kim": KIM}
    plan = plan_of(rules, came(), agents=agents)
    assert plan is not None
    assert [(each.address, each.template, each.language) for each in plan.notices] == [
        (NINA.address, "open_tickets", "es"),
        (KIM.address, "open_tickets", "en"),
        ("boss@partner.example", "open_tickets", "en"),
        (KIM.address, "reload_failed", "en"),
    ]
    assert len({each.nonce for each in plan.notices}) == 4
    assert (plan.ticket, plan.effects, [trace.event for trace in plan.traces]) == (
        None,
        (),
        ["schedule without for_each"],
    )


def test_a_timer_is_for_its_own_rule_and_an_event_without_one_for_all() -> None:
    rules = f"""
  - {{name: r, when: {MORNING}, do: [{{notify: {{to: nina, template: open_tickets}}}}]}}
  - {{name: other, when: {MORNING}, do: [{{notify: {{to: kim, template: open_tickets}}}}]}}
  - {{name: one, when: reload.failed, do: [{{notify: {{to: nina, template: reload_failed}}}}]}}
  - {{name: two, when: [reload.failed, {MORNING}], do: [{{notify: {{to: kim, template: reload_failed}}}}]}}
"""
    rang = plan_of(rules, came("other"))
    assert rang is not None
    assert [each.address for each in rang.notices] == [KIM.address]
    refused = plan_of(rules, reload_refused("f", ("10.yaml:1:1: no",), NOW))
    assert refused is not None
    assert [(each.address, each.facts) for each in refused.notices] == [
        (NINA.address, ("10.yaml:1:1: no",)),
        (KIM.address, ("10.yaml:1:1: no",)),
    ]


def test_a_condition_that_does_not_hold_leaves_nothing() -> None:
    rules = f"  - {{name: r, when: {MORNING}, if: {{weekday: mon}}, do: [{{run: lookup-order}}]}}"
    site = {"timezone": ZoneInfo("Europe/Berlin")}
    assert plan_of(rules, came(), datetime(2026, 3, 1, 22, 59, tzinfo=ZoneInfo("UTC")), site=site) is None
    assert plan_of(rules, came(), datetime(2026, 3, 1, 23, 0, tzinfo=ZoneInfo("UTC")), site=site) is not None


def test_a_call_bears_one_key_for_one_happening_and_another_for_the_next() -> None:
    rules = f"""
  - name: r
    when: [{MORNING}, reload.failed]
    do: [{{webhook: erp}}, {{run: lookup-order}}]
"""
    calls = []
    refused = reload_refused("f", ("x: wrong",), NOW)
    for event in (came(), came(), schedule_came("r", NOW.replace(minute=59), {}, make_policy()), refused):
        plan = plan_of(rules, event)
        assert plan is not None
        calls.append(plan.calls)
    assert calls[0] == calls[1]
    keys = [call.key for each in calls[1:] for call in each]
    assert len(keys) == len(set(keys)) == 6
    webhook, program = calls[0]
    assert (webhook.kind, webhook.event, program.kind, program.name) == (
        "webhook",
        "schedule",
        "program",
        "lookup-order",
    )
    assert json.loads(webhook.content) == {
        "id": webhook.key,
        "event": "schedule",
        "at": NOW.isoformat(),
        "actor": "mailgate",
        "rule": "r",
        "desk": "example.com",
    }
    assert "wrong" not in calls[3][0].content.decode()


def test_why_a_reload_was_refused_is_told_where_a_rule_asks_for_it() -> None:
    rules = "  - {name: r, when: reload.failed, do: [{webhook: {url: erp, body: {why: '{{ reason }}'}}}]}"
    plan = plan_of(rules, reload_refused("f", ("a: one", "b: two"), NOW))
    assert plan is not None
    assert json.loads(plan.calls[0].content) == {"why": "a: one; b: two"}


def test_a_rule_in_error_does_nothing_and_says_so() -> None:
    rules = "  - {name: r, when: reload.failed, do: [{webhook: {url: 'https://erp.example.com/{{ reason }}'}}]}"
    plan = plan_of(rules, reload_refused("f", (), NOW))
    assert plan is not None
    assert (plan.calls, plan.notices) == ((), ())
    assert plan.traces[0].steps[0].verdict == "error"
