"""Rules and the rules of what they changed: each once a cause, no chain too long, and the cut is told."""

from typing import Any

import pytest

from mailgate.decision.circumstances import Circumstances
from mailgate.decision.effects import ChangeOwner, ChangeType, Remark, Rotate, SetFields
from mailgate.decision.facts import Facts
from mailgate.decision.plan import Plan
from mailgate.decision.told import told
from mailgate.tickets.model import CustomerGroup
from tests.support.desk import (
    ANA,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    past,
)


def plan_of(rules: str, facts: Facts | None = None, **fields: Any) -> Plan:
    policy = make_policy(rules)
    return decided(make_mail(make_raw(**fields), policy), policy, facts or Facts())


def remarks(plan: Plan, event: str) -> list[str]:
    return [d.effect.text for d in plan.effects if isinstance(d.effect, Remark) and d.effect.event == event]


def test_a_rule_that_reacts_to_its_own_change_runs_once() -> None:
    plan = plan_of(
        """
        rules:
          - {name: begin, when: ticket.created, do: [{priority: high}]}
          - {name: again, when: priority.changed, do: [{priority: urgent}, {tag: changed}]}
        """
    )
    assert plan.ticket is not None
    assert (plan.ticket.priority, plan.ticket.tags) == ("urgent", ("changed",))
    assert [trace.event for trace in plan.traces] == ["ticket.created", "priority.changed", "priority.changed"]


def chain(length: int) -> str:
    rules = ["  - {name: r0, when: ticket.created, do: [{tag: t0}]}"]
    rules += [
        f"  - {{name: r{n}, when: {{tag.added: {{is: t{n - 1}}}}}, do: [{{tag: [t{n}, u{n}]}}]}}"
        for n in range(1, length)
    ]
    return "\n".join(["rules:", *rules])


@pytest.mark.parametrize(("length", "tripped"), [(8, 0), (9, 0), (10, 1), (12, 1), (20, 1)])
def test_a_chain_of_more_than_eight_is_cut_and_told_once(length: int, tripped: int) -> None:
    plan = plan_of(chain(length))
    assert plan.ticket is not None
    assert len(remarks(plan, "loop.tripped")) == tripped
    assert f"t{min(length - 1, 8)}" in plan.ticket.tags
    assert "t9" not in plan.ticket.tags


def test_a_cut_chain_is_an_event_once_and_what_its_rules_change_sets_off_nothing() -> None:
    more = """
  - name: cut
    when: loop.tripped
    if: {tag: t8}
    do: [{tag: t20}, {note: "{{ reason }}"}, {notify: {role: lead, template: agent_note}}]
  - {name: behind, when: {tag.added: t20}, do: [{priority: urgent}]}"""
    plan = plan_of(chain(20) + more)
    assert plan.ticket is not None
    (text,) = remarks(plan, "loop.tripped")
    assert "t20" in plan.ticket.tags
    assert plan.ticket.priority == "normal"
    assert [each.new_text for each in plan.articles[1:]] == [text]
    assert [trace.event for trace in plan.traces].count("loop.tripped") == 1


def test_a_chain_that_is_not_cut_is_no_such_event() -> None:
    plan = plan_of(chain(9) + "\n  - {name: cut, when: loop.tripped, do: [{priority: urgent}]}")
    assert plan.ticket is not None
    assert plan.ticket.priority == "normal"


def test_what_changes_nothing_is_not_told_and_sets_nothing_off() -> None:
    plan = plan_of(
        """
        rules:
          - name: same
            when: customer.replied
            do: [{queue: support}, {priority: normal}, {untag: none}, {unset: none}, {set: {order: "1"}}, reopen]
          - {name: never, when: [field.changed, queue.changed, priority.changed, state.changed], do: [{tag: x}]}
        """,
        knowing(make_ticket(fields=(("order", "1"),))),
        in_reply_to="<first@acme.example>",
        message_id="<2@x>",
    )
    assert plan.ticket is not None
    assert plan.ticket.tags == ()
    assert {told(done.effect)[0] for done in plan.effects} == {"article.added"}


def test_of_several_fields_those_that_change_are_set() -> None:
    plan = plan_of(
        'rules: [{name: x, when: customer.replied, do: [{set: {order: "1", colour: "red"}}]}]',
        knowing(make_ticket(fields=(("order", "1"),))),
        in_reply_to="<first@acme.example>",
        message_id="<2@x>",
    )
    assert [d.effect for d in plan.effects if isinstance(d.effect, SetFields)] == [SetFields((("colour", "red"),))]


def test_a_stranger_moves_nothing_by_any_rule() -> None:
    plan = plan_of(
        "rules: [{name: x, when: customer.replied, do: [{state: closed}, {tag: x}, {note: n}, {assign: kim}]}]",
        knowing(make_ticket()),
        sender="mallory@evil.example",
        in_reply_to="<first@acme.example>",
    )
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.tags, plan.ticket.owner, len(plan.articles)) == ("open", (), None, 1)


def test_the_trace_says_of_a_strangers_mail_why_a_rule_did_no_more_than_tell() -> None:
    rules = """
rules:
  - name: moves
    when: customer.replied
    do: [{tag: x}, {reply: received}, {notify: {team: queue, template: agent_new}}]
  - {name: tells, when: customer.replied, do: [{notify: {team: queue, template: agent_new}}]}
  - {name: other, when: customer.replied, if: {subject: nothing}, do: [{tag: y}]}
"""
    steps = (
        plan_of(rules, knowing(make_ticket()), sender="mallory@evil.example", in_reply_to="<first@acme.example>")
        .traces[-1]
        .steps
    )
    assert [(each.rule, each.verdict, bool(each.limited)) for each in steps] == [
        ("moves", "match", True),
        ("tells", "match", False),
        ("other", "miss", False),
    ]
    assert steps[0].limited == "the writer has no part in the ticket"
    mine = plan_of(rules, knowing(make_ticket()), in_reply_to="<first@acme.example>").traces
    assert not any(each.limited for trace in mine for each in trace.steps)


def test_the_rules_of_an_agents_commands_run_and_an_event_without_name_leaves_no_trace() -> None:
    policy = make_policy("rules: [{name: x, when: owner.changed, do: [{tag: owned}]}]")
    plan = decided(agents_mail("#take", policy=policy), policy, knowing(make_ticket()))
    assert plan.ticket is not None
    assert plan.ticket.tags == ("owned",)
    assert [trace.event for trace in plan.traces] == ["owner.changed"]


def test_a_ticket_is_set_aside_closed_and_opened_again_by_rules() -> None:
    plan = plan_of("rules: [{name: x, when: ticket.created, do: [{pending: {for: 3d}}]}]")
    assert plan.ticket is not None
    assert plan.ticket.state == "pending"
    assert plan.ticket.pending_until is not None
    assert plan.ticket.pending_until > NOW
    closed = plan_of("rules: [{name: x, when: ticket.created, do: [{close: {template: closed}}]}]")
    assert closed.ticket is not None
    assert (closed.ticket.state, [draft.template for draft in closed.drafts]) == ("closed", ["closed"])


# --- what rules ask about the whole desk

TURNS = "rules: [{name: x, when: ticket.created, do: [{assign: {round_robin: {team: first-line}}}]}]"
LEAST = "rules: [{name: x, when: ticket.created, do: [{assign: {least_busy: {team: first-line}}}]}]"


def owners(rules: str, circumstances: Circumstances, mails: int = 4) -> list[str | None]:
    """The owners of new tickets, decided in one batch."""
    policy, facts, found = make_policy(rules), Facts(circumstances=circumstances), []
    for n in range(mails):
        mail = make_mail(make_raw(message_id=f"<{n}@x>", subject=f"s{n}"), policy, spool_id=n + 1)
        plan = decided(mail, policy, facts, ticket=3_000 + n)
        facts = facts.after(plan)
        assert plan.ticket is not None
        found.append(plan.ticket.owner)
    return found


def test_round_robin_goes_round_within_a_batch() -> None:
    assert owners(TURNS, Circumstances(rotation={})) == ["nina", "kim", "nina", "kim"]
    assert owners(TURNS, Circumstances(rotation={"first-line": 3})) == ["kim", "nina", "kim", "nina"]


def test_the_least_busy_is_another_one_after_each_mail_of_a_batch() -> None:
    assert owners(LEAST, Circumstances(loads={"nina": 2, "kim": 0})) == ["kim", "kim", "nina", "kim"]


def test_round_robin_twice_for_one_cause_takes_the_next_each_time() -> None:
    policy = make_policy(
        """
        rules:
          - {name: one, when: ticket.created, do: [{assign: {round_robin: {team: first-line}}}, {priority: high}]}
          - {name: two, when: priority.changed, do: [{assign: {round_robin: {team: first-line}}}]}
        """
    )
    plan = decided(make_mail(make_raw(), policy), policy, Facts(circumstances=Circumstances(rotation={})))
    assert [d.effect.new for d in plan.effects if isinstance(d.effect, ChangeOwner)] == ["nina", "kim"]
    assert sum(isinstance(d.effect, Rotate) for d in plan.effects) == 2


def test_the_previous_owner_of_this_customer_gets_his_next_ticket() -> None:
    facts = Facts(pasts={ANA: (past(owner="kim"),)})
    plan = plan_of("rules: [{name: x, when: ticket.created, do: [{assign: previous}]}]", facts)
    assert plan.ticket is not None
    assert plan.ticket.owner == "kim"


def test_the_customer_is_the_requester_where_an_agent_did_something() -> None:
    policy = make_policy("rules: [{name: x, when: state.changed, do: [{assign: previous}]}]")
    pasts = {ANA: (past(owner="kim"),), "nina@example.com": (past(owner="nina"),)}
    plan = decided(agents_mail("#close", policy=policy), policy, knowing(make_ticket(), pasts=pasts))
    assert plan.ticket is not None
    assert plan.ticket.owner == "kim"


def test_a_type_is_given_and_taken_away_and_no_change_is_not_told() -> None:
    given = plan_of("rules: [{name: x, when: ticket.created, do: [{type: incident}, {type: incident}]}]")
    assert given.ticket is not None
    assert given.ticket.type == "incident"
    assert [told(d.effect) for d in given.effects if isinstance(d.effect, ChangeType)] == [
        ("type.changed", {"old": None, "new": "incident"})
    ]
    gone = plan_of(
        "rules: [{name: x, when: customer.replied, if: {type: Incident}, do: [{type: none}]}]",
        knowing(make_ticket(type="incident")),
        in_reply_to="<first@acme.example>",
        message_id="<2@x>",
    )
    assert gone.ticket is not None
    assert gone.ticket.type is None


def test_a_note_of_a_template_is_an_internal_article_that_waits_to_be_written() -> None:
    plan = plan_of("rules: [{name: x, when: ticket.created, do: [{note: {template: agent_new}}]}]")
    (note,) = plan.notes
    assert (note.template, note.article, plan.drafts) == ("agent_new", plan.articles[1].id, ())
    assert (plan.articles[1].visibility, plan.articles[1].template) == ("internal", None)


def test_a_rule_knows_the_organisation_and_the_fields_of_a_customers_group() -> None:
    policy = make_policy(
        "rules: [{name: x, when: ticket.created, if: {customer.org: Acme, customer.fields.contract: gold}, do: "
        '[{set: {of: "{{ customer.org }}"}}]}]',
        groups={"vip": CustomerGroup(("acme.example",), "Acme", {"contract": "gold"})},
    )
    plan = decided(make_mail(make_raw(), policy), policy)
    assert plan.ticket is not None
    assert plan.ticket.fields == (("of", "Acme"),)
    stranger = decided(make_mail(make_raw(sender="mallory@evil.example"), policy), policy)
    assert stranger.ticket is not None
    assert stranger.ticket.fields == ()
