"""What concerns the desk and no ticket, an absence, a chain that was cut: which facts and actions rules have there."""

from dataclasses import replace
from textwrap import dedent

import pytest

from mailgate.rules.ruleset import compiled
from mailgate.rules.tables import action_events
from tests.rules.desk import VOCABULARY

WORDS = replace(
    VOCABULARY,
    templates=VOCABULARY.templates | {"open_tickets", "reload_failed"},
    reports=frozenset({"open_tickets", "reload_failed"}),
)
MORNING = '{schedule: "0 8 * * mon-fri"}'
DESK = (MORNING, "reload.failed")
TELL = "notify: {role: lead, template: open_tickets}"


def found(
    when: str, action: str, condition: str = "{weekday: mon}", file: str = "10.yaml", more: str = ""
) -> list[str]:
    text = f"rules: [{{name: r, when: {when}, if: {condition}, {more} do: [{{{action}}}]}}]"
    _, problems, _ = compiled({file: text.encode()}, WORDS)
    return [f"{each.code} {each.message}; {each.mend}" for each in problems]


@pytest.mark.parametrize("when", DESK)
@pytest.mark.parametrize(
    "action",
    [
        TELL,
        "notify: {team: billing, template: open_tickets}",
        "notify: {to: [nina, boss@partner.example], template: reload_failed}",
        "webhook: erp",
        "run: lookup-order",
        "stop: file",
    ],
)
def test_the_desk_tells_people_and_calls_outside_without_a_ticket(when: str, action: str) -> None:
    assert found(when, action) == []


@pytest.mark.parametrize("when", DESK)
@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("tag: x", 'a ticket for the action "tag" does not exist'),
        ("reply: received", 'a ticket for the action "reply"'),
        ("assign: nina", 'a ticket for the action "assign"'),
        ("forward: {to: a@b.example}", "has no mail of somebody outside"),
        ("notify: agent_new", "the owner, or who watches, is of a ticket"),
        ("notify: {watchers: true, template: open_tickets}", "the owner, or who watches, is of a ticket"),
        ("notify: {team: queue, template: open_tickets}", "the queue's team is of a ticket"),
        ("notify: {role: lead, template: open_tickets, digest: ok}", "the digest is of a ticket"),
        ("notify: {role: lead, template: agent_new}", 'the template "agent_new" speaks of a ticket'),
        ('webhook: {url: erp, body: {a: "{{ ticket.number }}"}}', "ticket"),
        ('webhook: {url: erp, body: {a: "{{ customer.email }}"}}', "customer"),
    ],
)
def test_what_needs_a_ticket_is_an_error_with_the_next_step(when: str, action: str, said: str) -> None:
    (problem,) = found(when, action)
    assert problem.startswith("MG12")
    assert said in problem
    assert not problem.endswith("; ")


@pytest.mark.parametrize(
    "condition",
    ["{queue: billing}", "{from: a@b.example}", "{customer.group: vip}", "{customer.fields.x: y}", "{old: x}"],
)
@pytest.mark.parametrize("when", DESK)
def test_the_desk_has_no_facts_but_the_time(when: str, condition: str) -> None:
    (problem,) = found(when, TELL, condition)
    assert problem.startswith("MG120")
    assert found(when, TELL, "{now: over 06:00, hours: {always: open}}") == []


def test_the_mend_of_a_schedule_is_for_each() -> None:
    (problem,) = found(MORNING, "tag: x")
    assert problem.endswith(
        "add for_each: ticket, and each open ticket is looked at; without it notify, webhook, run and stop can be done"
    )


def test_a_macro_is_right_and_the_rule_that_uses_it_is_wrong() -> None:
    text = f"macros: {{tell: [{{notify: agent_new}}]}}\nrules: [{{name: r, when: {MORNING}, do: [{{use: tell}}]}}]"
    _, (problem,), _ = compiled({"10.yaml": text.encode()}, WORDS)
    assert (problem.code, problem.line) == ("MG120", 2)
    assert 'in the macro "tell"' in problem.message


@pytest.mark.parametrize("when", DESK)
def test_there_is_no_ticket_to_count_by_to_lie_in_a_queue_or_to_be_tagged(when: str) -> None:
    (problem,) = found(when, TELL, more="once: ticket,")
    assert "leave once: out" in problem
    (problem,) = found(when, TELL, file="queues/billing.yaml")
    assert "none that lies in this queue" in problem
    text = dedent(
        f"""
        defaults: {{tags: [seen]}}
        rules:
          - {{name: desk, when: {when}, do: [{{{TELL}}}]}}
          - {{name: mail, when: ticket.created, do: [{{priority: high}}]}}
        """
    )
    ruleset, problems, _ = compiled({"10.yaml": text.encode()}, WORDS)
    assert problems == ()
    assert ruleset is not None
    assert [[task.told for task in rule.tasks] for rule in ruleset.rules] == [
        ['notify role lead "open_tickets"'],
        ["tag seen", "priority high"],
    ]


@pytest.mark.parametrize("when", ["agent.away", "loop.tripped"])
@pytest.mark.parametrize("action", ["reply: received", "close: {template: closed}", "start: x", "close: closed"])
def test_no_customer_hears_of_an_absence_or_a_cut_chain(when: str, action: str) -> None:
    (problem,) = found(when, action)
    assert problem.startswith("MG120")
    assert "would write to the customer" in problem


@pytest.mark.parametrize(
    ("when", "condition", "action"),
    [
        ("agent.away", "{agent: nina, until: over 2d, owner: nina}", "assign: {least_busy: {team: billing}}"),
        ("agent.away", "{queue: billing, from: a@}", 'note: "{{ agent }} until {{ until }}"'),
        ("agent.away", "{is_agent: true}", "notify: {role: lead, template: agent_note}"),
        ("loop.tripped", "{queue: billing, customer.group: vip}", 'note: "{{ reason }}"'),
        ("loop.tripped", "{tag: x}", "close: {after: 1d}"),
        ("reload.failed", "{weekday: mon}", 'webhook: {url: erp, body: {why: "{{ reason }}"}}'),
        ("[reload.failed, loop.tripped]", "{weekday: mon}", 'webhook: {url: erp, body: {why: "{{ reason }}"}}'),
    ],
)
def test_each_event_has_the_facts_that_are_its_own(when: str, condition: str, action: str) -> None:
    assert found(when, action, condition) == []


@pytest.mark.parametrize(
    ("when", "condition", "action"),
    [
        ("ticket.created", "{agent: nina}", "tag: x"),
        ("loop.tripped", "{until: over 2d}", "tag: x"),
        ("loop.tripped", "{from: a@b.example}", "tag: x"),
        ("state.changed", "{tag: x}", 'note: "{{ reason }}"'),
        ("agent.away", "{tag: x}", 'note: "{{ reason }}"'),
        (MORNING, "{weekday: mon}", 'webhook: {url: erp, body: {why: "{{ reason }}"}}'),
    ],
)
def test_what_another_event_has_is_an_error(when: str, condition: str, action: str) -> None:
    (problem,) = found(when, action, condition)
    assert problem.startswith("MG120")


def test_the_table_of_actions_knows_where_each_can_be_done() -> None:
    assert "schedule without for_each" in action_events("webhook")
    assert not {"schedule without for_each", "reload.failed", "message.received"} & set(action_events("tag"))
    assert "agent.away" in action_events("assign")
    assert "agent.away" not in action_events("reply")


@pytest.mark.parametrize(
    ("when", "condition", "said"),
    [
        ("delivery.failed", "{dsn.status: [5.1.1, '5.2.*', {starts: '4.'}], dsn.recipient: acme.example}", ""),
        ("delivery.delayed", "{dsn.status: {exists: false}}", ""),
        ("delivery.failed", "{dsn.status: 550}", 'MG004 "550" is not a status of a delivery (RFC 3463); write dsn'),
        ("ticket.created", "{dsn.status: 5.1.1}", 'MG120 the condition "dsn.status" does not exist at ticket.created'),
        ("[delivery.failed, pending.due]", "{dsn.recipient: a@b.example}", "MG120"),
    ],
)
def test_what_became_of_a_delivery_is_asked_where_one_failed(when: str, condition: str, said: str) -> None:
    problems = found(when, 'note: "x"', condition)
    assert [said in each for each in problems] == ([True] if said else [])
