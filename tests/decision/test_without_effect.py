"""A check mark in the trace says that something was done; what was asked for and changed nothing says why."""

from typing import Any, get_args

import pytest

from mailgate.decision.facts import Facts, told_key
from mailgate.decision.plan import Plan
from mailgate.rules import actions
from mailgate.rules.actions import Action, NewAction
from mailgate.rules.outside import CallWebhook, RunProgram
from mailgate.tickets.model import Participant
from tests.support.desk import (
    ANA,
    MALLORY,
    NINA,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_mail,
    make_policy,
    make_raw,
    make_said,
    make_ticket,
)

PEOPLE = (*make_ticket().participants, Participant("kim@example.com", "Kim Lee", 9, "watcher"))
TICKET = {"tags": ("vip",), "fields": (("order", "1"),), "type": "fault", "owner": "nina", "state": "closed"}


def told_of(do: str, *, sender: str = ANA, event: str = "customer.replied", **ticket: Any) -> list[str]:
    """What the trace tells of these actions of one rule, at the customer's answer."""
    policy = make_policy(f"rules: [{{name: r, when: {event}, do: [{do}]}}]")
    raw = make_raw(sender=sender, in_reply_to="<first@acme.example>", message_id="<2@x>")
    return told(decided(make_mail(raw, policy), policy, knowing(make_ticket(**ticket))))


def told(plan: Plan) -> list[str]:
    steps = [step for trace in plan.traces for step in trace.steps if step.verdict == "match"]
    return [action for step in steps for action in step.actions]


# --- the ticket is so already

NOTHING = {
    actions.SetQueue: ("queue: support", {}, "queue support → nothing: it lies in support already"),
    actions.SetPriority: ("priority: normal", {}, "priority normal → nothing: its priority is normal already"),
    actions.AddTags: ("tag: vip", TICKET, "tag vip → nothing: tagged so already"),
    actions.RemoveTags: ("untag: old", TICKET, "untag old → nothing: not tagged so"),
    actions.SetFields: ('set: {order: "1"}', TICKET, "set order = 1 → nothing: set so already"),
    actions.UnsetFields: ("unset: colour", TICKET, "unset colour → nothing: not set"),
    actions.SetType: ("type: fault", TICKET, "type fault → nothing: its type is fault already"),
    actions.SetState: ("state: open", {}, "state open → nothing: its state is open already"),
    actions.Reopen: ("reopen", {}, "reopen → nothing: its state is open"),
    actions.AssignOwner: ("assign: nina", TICKET, "assign nina → nothing: nina owns it already"),
    actions.Watch: ("watch: kim", {"participants": PEOPLE}, "watch kim → nothing: watching already"),
    actions.Unwatch: ("unwatch: kim", {}, "unwatch kim → nothing: not watching"),
    actions.Merge: ("merge: {into: '1042'}", {}, "merge into 1042 → nothing: a ticket cannot be merged into itself"),
}


@pytest.mark.parametrize(("do", "ticket", "said"), NOTHING.values())
def test_an_action_that_changes_nothing_says_why(do: str, ticket: dict[str, Any], said: str) -> None:
    ticket = {"state": "open", **{key: value for key, value in ticket.items() if key != "state"}}
    assert told_of(f"{{{do}}}" if ":" in do else do, **ticket) == [said]


def test_what_an_earlier_action_did_is_no_news_and_the_first_is_told_as_done() -> None:
    assert told_of("{tag: a}, {tag: a}, close, close, {close: closed}") == [
        "tag a",
        "tag a → nothing: tagged so already",
        "close",
        "close → nothing: its state is closed already",
        'close "closed"',  # its mail is withheld, and the history says why
    ]


def test_every_action_is_either_judged_here_or_says_what_came_of_it_itself() -> None:
    itself = {
        *(actions.Reply, actions.Notify, actions.Forward),  # whom it wrote to, or why not
        *(actions.AddNote, actions.AddNoteFrom, CallWebhook, RunProgram),  # always done
        *(actions.Reject, actions.Drop, actions.SetAside, actions.Join),  # the gate's
        *(
            actions.Split,
            actions.Start,
            actions.Close,
            actions.CloseLater,
            actions.Pend,
        ),  # tested below, or of processes
    }
    assert {*get_args(Action | NewAction)} == NOTHING.keys() | itself


def test_an_end_that_is_planned_for_a_closed_ticket_is_no_plan() -> None:
    policy = make_policy("rules: [{name: r, when: note.added, do: [{close: {after: 3d}}]}]")
    plan = decided(agents_mail("#note\nseen", policy=policy), policy, knowing(make_ticket(state="closed")))
    assert told(plan) == ["close after 3d → nothing: its state is closed already"]


# --- nobody is told


def notified(do: str, text: str = "Sent yesterday.", **ticket: Any) -> list[str]:
    """Nina answers, and a rule would tell somebody."""
    policy = make_policy(f"rules: [{{name: first, when: agent.replied, do: [{do}]}}]", **ticket.pop("policy", {}))
    facts = knowing(make_ticket(**ticket), said={1042: (make_said(TICKET_END),)})
    return told(decided(agents_mail(text, policy=policy), policy, facts))


TICKET_END = make_ticket().last_article


def test_nobody_is_told_of_her_own_action_and_the_trace_says_so() -> None:
    (said,) = notified("{notify: {owner: true, template: agent_note}}", owner="nina")
    assert said == 'notify owner "agent_note" → nobody: it is her own action (nina)'


def test_who_was_told_already_is_named_with_the_rule_that_told_her() -> None:
    said = notified("{notify: {to: kim, template: agent_note}}, {notify: {to: [kim, nina], template: agent_followup}}")
    assert said[0] == 'notify kim "agent_note"'
    assert said[1].endswith(" → nobody: told already by rule first (kim); it is her own action (nina)")


def test_whom_a_rule_passes_over_while_it_tells_others_is_named() -> None:
    (said,) = notified("{notify: {team: queue, template: agent_note}}")
    assert said == 'notify team queue "agent_note" → not to all: it is her own action (nina)'


@pytest.mark.parametrize(
    ("whom", "ticket", "why"),
    [
        ("watchers: true", {}, "the ticket has no watchers"),
        ("role: lead", {"policy": {"agents": {"nina": NINA}}}, "no agent has the role lead"),
        (
            "owner: true",
            {"policy": {"teams": {"first-line": ()}}},
            "the ticket has no owner, and team first-line is empty",
        ),
        (
            "owner: true",
            {"owner": "gone", "policy": {"teams": {"first-line": ()}}},
            "its owner gone is no agent any more, and team first-line is empty",
        ),
        ("team: queue", {"policy": {"teams": {"first-line": ()}}}, "team first-line is empty"),
        ("to: support@example.com", {}, "one of our own addresses (support@example.com)"),
    ],
)
def test_where_a_rule_means_nobody_the_trace_says_so(whom: str, ticket: dict[str, Any], why: str) -> None:
    policy = make_policy(
        f"rules: [{{name: r, when: customer.replied, do: [{{notify: {{{whom}, template: agent_note}}}}]}}]",
        **ticket.pop("policy", {}),
    )
    raw = make_raw(in_reply_to="<first@acme.example>", message_id="<2@x>")
    (said,) = told(decided(make_mail(raw, policy), policy, knowing(make_ticket(**ticket))))
    assert said.partition(" → nobody: ")[2] == why


def test_a_strangers_mail_tells_agents_and_passes_over_those_who_know() -> None:
    notify = "{notify: {to: kim, template: agent_note}}"
    said = told_of(f"{notify}, {notify}", sender=MALLORY)
    assert said[1].endswith(" → nobody: told already by rule r (kim)")


def test_what_joins_her_digest_is_an_effect_of_the_rule_that_told_her() -> None:
    policy = make_policy("rules: [{name: r, when: customer.replied, do: [{notify: {to: kim, template: agent_note}}]}]")
    raw = make_raw(in_reply_to="<first@acme.example>", message_id="<2@x>")
    busy = {told_key("kim"): ((int(NOW.timestamp()), 20),)}
    plan = decided(make_mail(raw, policy), policy, knowing(make_ticket(), counts=busy))
    assert plan.drafts == ()
    assert [done.actor for done in plan.effects if type(done.effect).__name__ == "TellLater"] == ["rule:r"]


# --- what does not count after all


def test_of_a_mail_that_is_split_off_nothing_else_counts_and_the_trace_says_so() -> None:
    said = told_of("{tag: x}, split")
    assert said == ["tag x → nothing: rule r split the mail off", "split"]


def test_of_two_rules_that_join_the_last_counts() -> None:
    rules = """
    rules:
      - {name: one, when: message.received, do: [{join: never}]}
      - {name: two, when: message.received, do: [{join: {ticket: "1042"}}]}
    """
    policy = make_policy(rules)
    plan = decided(make_mail(make_raw(), policy), policy, knowing(make_ticket()))
    assert told(plan)[:2] == ["join never → nothing: rule two says otherwise", "join 1042"]


def test_a_mail_that_a_rule_joined_names_the_rule_as_its_evidence() -> None:
    policy = make_policy("rules: [{name: by-order, when: message.received, do: [{join: {ticket: '1042'}}]}]")
    plan = decided(make_mail(make_raw(), policy), policy, knowing(make_ticket()))
    assert plan.won is not None
    assert (plan.won.kind, plan.won.value) == ("rule", "by-order")


def test_an_answer_that_was_asked_for_in_an_earlier_event_says_so() -> None:
    policy = make_policy(
        """
        rules:
          - {name: a, when: ticket.created, do: [{reply: received}, {tag: x}]}
          - {name: b, when: tag.added, do: [{reply: received}]}
        """
    )
    plan = decided(make_mail(make_raw(), policy), policy, Facts())
    assert told(plan)[-1] == 'reply "received" → nothing: "received" was asked for already'


def test_the_trace_of_a_change_says_what_became_what_and_by_which_rule() -> None:
    policy = make_policy(
        """
        rules:
          - {name: a, when: ticket.created, do: [{queue: billing}, {assign: kim}, {tag: x}, {set: {order: "1"}}]}
          - {name: b, when: [queue.changed, owner.changed, tag.added, field.changed], do: [{priority: high}]}
        """
    )
    plan = decided(make_mail(make_raw(), policy), policy, Facts())
    assert [(trace.event, trace.about) for trace in plan.traces] == [
        ("ticket.created", ""),
        ("queue.changed", "support → billing by rule a"),
        ("owner.changed", "nobody → kim by rule a"),
        ("tag.added", "x by rule a"),
        ("field.changed", "order none → 1 by rule a"),
    ]
    assert [trace.again for trace in plan.traces] == [0, 0, 1, 1, 1]
