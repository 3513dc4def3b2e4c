"""A rule set meets an event: order, first, stop, errors, and what comes out."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.mail.message import Automatic, Body, Mailbox
from mailgate.rules.actions import AddNote, Close, Reopen, Reply, SetFields, SetQueue
from mailgate.rules.evaluate import evaluate
from mailgate.rules.ruleset import EMPTY, compiled
from mailgate.rules.situation import Situation
from mailgate.tickets.model import PRIORITIES, STATES
from tests.rules.desk import TICKET, VOCABULARY, field_of, left, rules, run, situation

TABLE = r"""
rules:
  - name: route
    when: ticket.created
    first:
      - {if: {to: billing@}, do: [{queue: billing}]}
      - if: {subject: '/\b(invoice|refund)\b.*?#(?P<order>\d{4,})/'}
        do: [{queue: billing}, {set: {order: "{{ m.order }}"}}]
      - {if: {plus: sales}, do: [{queue: sales}]}
      - {else: true, do: [{queue: support}]}
"""


def test_exactly_one_case_of_a_table_wins() -> None:
    evaluation = run(TABLE)
    assert [fired.action for fired in evaluation.fired] == [SetQueue("billing"), SetFields((("order", "4711"),))]
    assert [(step.case, step.verdict) for step in evaluation.trace.steps] == [(1, "miss"), (2, "match")]
    assert evaluation.trace.steps[1].actions == ("queue billing", "set order = 4711")
    assert left(run(TABLE, situation(subject="x", to="billing@example.org"))).queue == "billing"
    assert left(run(TABLE, situation(subject="x", to="support+sales@example.com"))).queue == "sales"
    assert run(TABLE, situation(subject="x")).trace.steps[-1].case == 4


def test_a_case_in_error_ends_the_table_as_it_might_have_won() -> None:
    evaluation = run(
        """
        rules:
          - name: r
            when: ticket.created
            first:
              - {if: {field.order: {over: 5}}, do: [{tag: many}]}
              - {else: true, do: [{tag: few}]}
        """,
        situation(ticket={"fields": (("order", "soon"),)}),
    )
    assert evaluation.fired == ()
    assert [(step.case, step.verdict) for step in evaluation.trace.steps] == [(1, "error")]


def test_each_rule_sees_the_ticket_as_those_before_it_left_it() -> None:
    evaluation = run(
        """
        rules:
          - {name: a, when: ticket.created, if: {queue: support}, do: [{queue: billing}, {priority: high}]}
          - {name: b, when: ticket.created, if: {queue: support}, do: [{tag: no}]}
          - {name: c, when: ticket.created, if: {queue: billing, priority: over low}, do: [{tag: [vip, from-mail]}]}
          - {name: d, when: ticket.created, if: {tag: vip}, do: [{state: open}, {set: {order: "9", new: "1"}}]}
          - {name: e, when: ticket.created, if: {field.new: "1"}, do: [{note: "{{ ticket.queue }} {{ ticket.tags }}"}]}
        """
    )
    expected = replace(
        TICKET,
        queue="billing",
        priority="high",
        state="open",
        tags=("from-mail", "vip"),
        fields=(("order", "9"), ("price", "250.5"), ("new", "1")),
    )
    assert evaluation.ticket == expected
    assert evaluation.fired[-1].action == AddNote("billing from-mail, vip")


def test_rules_of_other_events_are_skipped_and_counted() -> None:
    text = """
    rules:
      - {name: a, when: ticket.created, do: [{tag: a}]}
      - {name: b, when: customer.replied, do: [{tag: b}]}
      - {name: c, when: customer.replied, enabled: false, do: [{tag: c}]}
    """
    evaluation = run(text, situation("customer.replied"))
    assert [fired.rule for fired in evaluation.fired] == ["b"]
    assert (evaluation.trace.event, evaluation.trace.skipped) == ("customer.replied", 1)
    assert evaluation.trace.ruleset == rules(text).hash
    assert run(text, situation("something.else")).fired == ()


def test_stop_ends_the_run_and_stop_file_only_the_file() -> None:
    first = b"""
rules:
  - {name: a, when: ticket.created, if: {subject: invoice}, do: [{tag: a}, stop: file]}
  - {name: b, when: ticket.created, do: [{tag: b}]}
"""
    second = b"""
rules:
  - {name: c, when: ticket.created, do: [{tag: c}, stop]}
  - {name: d, when: ticket.created, do: [{tag: d}]}
"""
    ruleset, problems, _ = compiled(
        {"20.yaml": second, "10.yaml": first.replace(b"stop: file", b"{stop: file}")}, VOCABULARY
    )
    assert [problem.code for problem in problems] == ["MG201"]  # d
    assert ruleset is not None
    evaluation = evaluate(ruleset, situation())
    assert [fired.rule for fired in evaluation.fired] == ["a", "c"]
    assert [step.rule for step in evaluation.trace.steps] == ["a", "c"]
    assert evaluation.trace.steps[0].actions == ("tag a", "stop: file")
    assert [fired.rule for fired in evaluate(ruleset, situation(subject="x")).fired] == ["b", "c"]


def test_two_replies_of_one_template_are_one() -> None:
    evaluation = run(
        """
        rules:
          - {name: a, when: ticket.created, do: [{reply: received}, {reply: {template: received, every: 1h}}]}
          - {name: b, when: ticket.created, do: [{reply: received}, {reply: closed}]}
        """
    )
    assert [fired.action for fired in evaluation.fired] == [Reply("received"), Reply("closed")]
    assert evaluation.trace.steps[1].actions == ('reply "received" → nothing: asked for already', 'reply "closed"')


def test_a_rule_whose_text_cannot_be_filled_in_does_nothing_at_all_and_stops_no_other() -> None:
    evaluation = run(
        """
        rules:
          - {name: a, when: ticket.created, do: [{queue: billing}, {note: "{{ ticket.fields.none }}"}, stop]}
          - {name: b, when: ticket.created, if: {queue: support}, do: [{tag: b}]}
        """
    )
    assert [fired.rule for fired in evaluation.fired] == ["b"]
    step = evaluation.trace.steps[0]
    assert (step.verdict, step.actions) == ("error", ())
    assert "none" in step.error


def test_what_a_mail_says_is_never_compiled_and_becomes_one_line_in_a_field() -> None:
    hostile = situation(text="name: {{ 7 * 7 }}\x00\n\nnext")
    evaluation = run(
        r"""
        rules:
          - name: r
            when: ticket.created
            if: {body: '/name: (?P<name>.*)/s'}
            do: [{set: {name: "<{{ m.name }}>"}}, {note: "{{ m.name }}"}]
        """,
        hostile,
    )
    assert field_of(evaluation, "name") == "<{{ 7 * 7 }} next>"
    assert evaluation.fired[1].action == AddNote("{{ 7 * 7 }} \n\nnext")


def test_a_field_is_never_longer_than_its_cap() -> None:
    evaluation = run(
        'rules: [{name: r, when: ticket.created, do: [{set: {x: "{{ msg.text }}"}}]}]', situation(text="x" * 9_000)
    )
    assert len(field_of(evaluation, "x") or "") == 1_000


def test_a_set_that_asks_for_endless_actions_is_cut_and_says_so() -> None:
    lines = [f"  - {{name: r{i}, when: ticket.created, do: [{'{tag: a}, ' * 100}]}}" for i in range(6)]
    evaluation = run("rules:\n" + "\n".join(lines))
    assert len(evaluation.fired) == 500
    assert evaluation.trace.steps[-1].verdict == "error"
    assert "more than 500" in evaluation.trace.steps[-1].error


def test_automatic_mail_meets_the_same_rules() -> None:
    evaluation = run(
        "rules: [{name: r, when: ticket.created, do: [{notify: agent_new}]}]", situation(automatic=Automatic(True))
    )
    assert len(evaluation.fired) == 1


def test_the_empty_set_does_nothing() -> None:
    evaluation = evaluate(EMPTY, situation())
    assert (evaluation.ticket, evaluation.fired, evaluation.trace.steps) == (TICKET, (), ())
    assert rules(TABLE).empty() is EMPTY


def test_a_rule_that_ran_for_the_same_cause_does_not_run_again() -> None:
    text = """
    rules:
      - {name: a, when: [ticket.created, state.changed], if: {state: new}, do: [{state: open}]}
      - {name: b, when: [ticket.created, state.changed], do: [{tag: b}]}
      - {name: c, when: [ticket.created, state.changed], if: {state: closed}, do: [{tag: c}]}
    """
    first = run(text)
    assert first.ran == {"a", "b"}
    of = replace(situation("state.changed"), old="new", new="open")
    second = evaluate(rules(text), of, first.ran)
    assert (second.fired, second.ran) == ((), frozenset())
    assert (second.trace.again, second.trace.skipped) == (2, 0)
    assert [step.rule for step in second.trace.steps] == ["c"]


def test_closing_tells_the_customer_once() -> None:
    evaluation = run(
        """
        rules:
          - {name: a, when: ticket.created, do: [{reply: closed}, {close: closed}]}
          - {name: b, when: ticket.created, do: [reopen, {close: {template: received}}, {reply: received}]}
          - {name: c, when: ticket.created, do: [{close: received}]}
        """
    )
    assert [fired.action for fired in evaluation.fired] == [
        Reply("closed"),
        Close(),
        Reopen(),
        Close("received"),
        Close(),
    ]
    assert left(evaluation).state == "closed"
    assert evaluation.trace.steps[0].actions == ('reply "closed"', 'close "closed" → without a mail: told already')
    assert evaluation.trace.steps[1].actions[-1] == 'reply "received" → nothing: asked for already'


def test_what_is_set_aside_is_pending_by_the_clock_of_the_site() -> None:
    text = 'rules: [{name: r, when: ticket.created, do: [{pending: {until: "2026-07-01 10:00"}}]}]'
    evaluation = run(text, situation(facts={"zone": ZoneInfo("Europe/Berlin")}))
    assert left(evaluation).state == "pending"
    assert left(evaluation).pending_until == datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_a_time_that_is_over_is_an_error_and_no_endless_round() -> None:
    (step,) = run('rules: [{name: r, when: ticket.created, do: [{pending: {until: "2026-03-01"}}]}]').trace.steps
    assert (step.verdict, step.error) == ("error", "2026-03-01 00:00 is over")


def test_only_a_closed_ticket_is_reopened() -> None:
    text = "rules: [{name: r, when: ticket.created, do: [reopen]}]"
    assert left(run(text, situation(ticket={"state": "closed"}))).state == "open"
    assert left(run(text, situation(ticket={"state": "pending"}))).state == "pending"


def test_tags_and_fields_are_taken_away() -> None:
    evaluation = run(
        """
        rules:
          - {name: a, when: ticket.created, do: [{untag: [from-mail, x]}, {unset: order}]}
          - {name: b, when: ticket.created, if: {field.order: {exists: false}, not: {tag: from-mail}}, do: [{tag: y}]}
        """
    )
    assert (left(evaluation).tags, left(evaluation).fields) == (("y",), (("price", "250.5"),))


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        ("if: {agent.load: over 5}, do: [stop]", {"loads"}),
        ("if: {queue.size: over 5}, do: [stop]", {"queue sizes"}),
        ("if: {not: {any: [{tag: x}, {is_first_contact: true}]}}, do: [stop]", set()),
        ("first: [{if: {is_known_customer: true}, do: [{assign: previous}]}, {else: true, do: [stop]}]", set()),
        (
            "do: [{assign: {least_busy: {team: billing}}}, {assign: {round_robin: {team: billing}}}]",
            {"loads", "rotation"},
        ),
        ("do: [{assign: nina}], if: {age: over 2d}", set()),
        ("enabled: false, if: {agent.load: over 5}, do: [stop]", set()),
    ],
)
def test_a_set_says_which_facts_it_needs(rule: str, needs: set[str]) -> None:
    assert rules(f"rules: [{{name: r, when: ticket.created, {rule}}}]").needs == needs


addresses = st.text(alphabet="ab+@.ü-", max_size=20)
boxes = st.lists(st.builds(Mailbox, st.text(max_size=5), addresses), max_size=3).map(tuple)
situations = st.builds(
    situation,
    st.sampled_from(["ticket.created", "customer.replied"]),
    automatic=st.builds(Automatic, st.booleans()),
    recipients=st.lists(addresses, max_size=3).map(tuple),
    envelope=st.fixed_dictionaries({"peer": st.sampled_from(["", "192.0.2.1", "::1", "x"])}),
    facts=st.fixed_dictionaries(
        {
            "loads": st.dictionaries(st.sampled_from(["nina", "omar"]), st.integers(0, 5)),
            "away": st.frozensets(st.sampled_from(["nina", "omar", "kim"])),
            "previous_owner": st.sampled_from([None, "nina", "zoe"]),
            "known_customer": st.sampled_from([None, True, False]),
            "rotation": st.dictionaries(st.just("billing"), st.integers(0, 99)),
        }
    ),
    authors=boxes,
    to=boxes,
    cc=boxes,
    subject=st.text(max_size=60),
    body=st.builds(Body, text=st.text(max_size=200), new_text=st.text(max_size=50)),
    headers=st.lists(st.tuples(st.sampled_from(["X-A", "x-a", "B"]), st.text(max_size=10)), max_size=3).map(tuple),
    ticket=st.fixed_dictionaries(
        {
            "state": st.sampled_from(STATES),
            "priority": st.sampled_from(PRIORITIES),
            "tags": st.lists(st.sampled_from(["vip", "x"]), max_size=2).map(tuple),
            "fields": st.lists(st.tuples(st.sampled_from(["n", "m"]), st.text(max_size=8)), max_size=2).map(tuple),
        }
    ),
)
leaves = st.sampled_from(
    [
        "{from: acme.example}",
        "{to: a@, cc: .b}",
        "{recipient: ['/@/', 'a*b']}",
        "{reply_to: {exists: false}}",
        "{plus: sales}",
        "{subject: a}",
        "{subject: '/(?P<x>.)/'}",
        "{body: '*a*'}",
        "{body.new: {starts: a}}",
        "{header.X-A: a}",
        "{is_auto: true, is_list: false}",
        "{queue: support}",
        "{state: closed}",
        "{tag: vip}",
        "{field.n: {over: 1}}",
        "{priority: under high}",
        "{owner: none}",
        "{age: over 1d, messages: under 3}",
        "{size: over 1kB, attachment.count: 0}",
        "{smtp.peer: 192.0.2.0/24}",
        "{is_first_contact: true}",
        "{spam.score: between 1 and 5}",
        "{now: between 22:00 and 10:00, weekday: mon}",
        "{customer.email: {exists: true}, text: '/(?P<x>a)/'}",
    ]
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"{{all: [{', '.join(parts)}]}}"),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"{{any: [{', '.join(parts)}]}}"),
        inner.map(lambda part: f"{{not: {part}}}"),
    ),
    max_leaves=6,
)
actions = st.sampled_from(
    [
        "{queue: billing}",
        "{priority: high}",
        "{tag: vip}",
        "{state: open}",
        "{reply: received}",
        "{notify: agent_new}",
        "stop",
        "{stop: file}",
        '{set: {n: "{{ msg.text }}"}}',
        '{note: "{{ ticket.fields.m }}"}',
        "{assign: {least_busy: {team: billing, max: 2}}}",
        "{assign: {round_robin: {team: billing}}}",
        "{assign: previous}",
        "{pending: {for: 3d}}",
        "{close: closed}",
        "reopen",
        "{untag: vip}",
        "{unset: [n, m]}",
    ]
)
rule_sets = st.lists(st.tuples(conditions, st.lists(actions, min_size=1, max_size=3)), min_size=1, max_size=4).map(
    lambda rules: (
        "rules:\n"
        + "\n".join(
            f"  - {{name: r{number}, when: [ticket.created, customer.replied], if: {condition}, do: [{', '.join(do)}]}}"
            for number, (condition, do) in enumerate(rules)
        )
    )
)


@settings(deadline=None)
@given(rule_sets, situations)
def test_evaluation_is_total_and_the_same_every_time(text: str, of: Situation) -> None:
    ruleset = rules(text)
    first = evaluate(ruleset, of)
    assert evaluate(rules(text), of) == first
    assert all(step.error for step in first.trace.steps if step.verdict == "error")
    assert {fired.rule for fired in first.fired} <= {step.rule for step in first.trace.steps if step.verdict == "match"}


def test_rules_that_are_not_asked_are_counted_by_the_reason() -> None:
    text = """
        rules:
          - {name: ran, when: ticket.created, do: [{tag: a}]}
          - {name: stops, when: ticket.created, do: [stop]}
          - {name: behind, when: ticket.created, do: [{tag: b}]}
          - {name: other, when: customer.replied, do: [{tag: c}]}
        """
    trace = evaluate(rules(text), situation(), {"ran"}).trace
    assert (len(trace.steps), trace.stopped, trace.again, trace.skipped) == (1, 1, 1, 1)
