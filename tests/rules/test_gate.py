"""Refusing recipients at RCPT, by what the envelope says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules.actions import Drop, Join, Reject, SetAside
from mailgate.rules.conditions import Question
from mailgate.rules.evaluate import evaluate
from mailgate.rules.gate import refusal
from mailgate.rules.ruleset import EMPTY, Ruleset
from mailgate.rules.syntax import Mark
from mailgate.rules.view import Field, Values, View
from tests.rules.desk import NOW, OURS, codes, problems, rules, run, situation

RULES = """
rules:
  - name: friends
    when: message.received
    if: {smtp.peer: 192.0.2.9}
    do: [stop]
  - name: not-from-there
    when: message.received
    if: {smtp.peer: 192.0.2.0/24, smtp.sender: {exists: true}}
    do:
      - reject: {code: 450, text: Come again}
  - name: too-big-for-sales
    when: message.received
    first:
      - {if: {recipient: sales@, smtp.size: over 10MB}, do: [{reject: {code: 552, enhanced: 5.3.4, text: Too big}}]}
      - {if: {smtp.auth: nina}, do: [stop]}
      - {else: true, do: [{stop: file}]}
  - name: never
    when: message.received
    do: [{reject: never reached}]
"""


def refused(
    ruleset: Ruleset, recipient: str = "sales@example.com", sender: str | None = "a@b.example", **more: object
) -> Reject | None:
    said = {"peer": "198.51.100.1", "authenticated_as": None, "size": 0} | more
    return refusal(ruleset, recipient, sender, now=NOW, ours=OURS, **said)  # type: ignore[arg-type]  # of a test's dict


def test_a_rule_refuses_by_the_envelope_and_says_that_it_was_it() -> None:
    ruleset = rules(RULES)
    assert ruleset.refuses
    assert refused(ruleset, peer="192.0.2.1") == Reject(450, "4.7.1", "Come again", "not-from-there (10-test.yaml:7)")
    assert refused(ruleset, size=10_000_001) == Reject(552, "5.3.4", "Too big", "too-big-for-sales (10-test.yaml:12)")


def test_what_no_rule_refuses_comes_in() -> None:
    ruleset = rules(RULES)
    assert refused(ruleset, peer="192.0.2.9") is None
    assert refused(ruleset, peer="192.0.2.1", sender=None) is None
    assert refused(ruleset, size=10_000_000) is None
    assert refused(ruleset, recipient="support@example.com", size=99_000_000) is None
    assert refused(ruleset, authenticated_as="nina") is None


def test_without_a_rule_that_refuses_nothing_is_looked_at() -> None:
    assert refused(EMPTY) is None
    ruleset = rules("rules: [{name: r, when: message.received, if: {smtp.peer: 1.2.3.4}, do: [stop]}]")
    assert (ruleset.refuses, ruleset.at_rcpt) == (False, ())
    off = rules("rules: [{name: r, when: message.received, enabled: false, do: [{reject: x}]}]")
    assert not off.refuses


def test_a_rule_in_error_refuses_nobody() -> None:
    ruleset = rules("rules: [{name: r, when: message.received, if: {smtp.peer: 0.0.0.0/0}, do: [{reject: x}]}]")
    assert refused(ruleset, peer="not an address") is None
    assert refused(ruleset, peer="1.2.3.4") is not None


def test_a_rule_that_fails_in_whatever_way_refuses_nobody_and_stops_no_other() -> None:
    def fail(_: View) -> Values:
        raise RuntimeError("a bug")

    ruleset = rules("rules: [{name: r, when: message.received, do: [{reject: x}]}]")
    broken = Question(Field("x", "word", fail, "envelope"), (), "x", Mark(1, 1), exists=True)
    first = replace(ruleset.at_rcpt[0], condition=broken)
    assert refused(replace(ruleset, at_rcpt=(first,))) is None
    assert refused(replace(ruleset, at_rcpt=(first, *ruleset.at_rcpt))) is not None


def test_a_table_at_rcpt_may_take_no_case() -> None:
    text = "rules: [{name: r, when: message.received, first: [{if: {recipient: a@}, do: [{reject: x}]}]}]"
    assert refused(rules(text)) is None


def test_a_rule_that_refuses_does_not_run_again_when_the_mail_is_there() -> None:
    text = "rules: [{name: r, when: message.received, do: [{reject: x}]}]"
    evaluation = run(text, situation("message.received"))
    assert (evaluation.fired, evaluation.ticket, evaluation.trace.skipped) == ((), None, 1)


@given(st.text(max_size=30), st.one_of(st.none(), st.text(max_size=30)), st.text(max_size=20), st.integers(-5, 10**12))
def test_whatever_a_client_says_is_refused_or_not(recipient: str, sender: str | None, peer: str, size: int) -> None:
    refused(rules(RULES), recipient, sender, peer=peer, size=size)


def test_the_gate_decides_a_mails_fate_once() -> None:
    evaluation = run(
        r"""
        rules:
          - {name: a, when: message.received, if: {subject: '/#(?P<id>\d+)/'}, do: [{join: {ticket: "{{ m.id }}"}}]}
          - {name: b, when: message.received, do: [{join: never}, {quarantine: looks odd}]}
          - {name: c, when: message.received, do: [{drop: {reason: a newsletter}}]}
        """,
        situation("message.received"),
    )
    assert [fired.action for fired in evaluation.fired] == [
        Join("ticket", "4711"),
        Join("never"),
        SetAside("looks odd"),
    ]
    assert evaluation.trace.steps[1].actions == ("join never", 'quarantine "looks odd"')
    assert [step.rule for step in evaluation.trace.steps] == ["a", "b"]


def test_a_drop_gives_its_reason() -> None:
    text = "rules: [{name: r, when: message.received, if: {is_list: false}, do: [{drop: {reason: a  newsletter}}]}]"
    evaluation = run(text, situation("message.received"))
    assert [fired.action for fired in evaluation.fired] == [Drop("a newsletter")]


def test_what_is_no_number_joins_nothing() -> None:
    text = r"""
    rules:
      - {name: r, when: message.received, if: {subject: '/(?P<id>is)\W/'}, do: [{join: {ticket: "{{ m.id }}!"}}]}
    """
    (step,) = run(text, situation("message.received")).trace.steps
    assert (step.verdict, "not the number of a ticket" in step.error) == ("error", True)


@pytest.mark.parametrize(
    ("condition", "action", "code", "said"),
    [
        ("{recipient: a@}", "{tag: x}", "MG120", "write when: ticket.created"),
        ("{state: open}", "stop", "MG120", '"state" does not exist at message.received'),
        ("{owner: nina}", "stop", "MG120", "there is no ticket yet"),
        ("{old: x}", "stop", "MG120", "nothing changed"),
        ("{is_agent: true}", "stop", "MG120", "does not exist at message.received"),
        ("{is_first_contact: true}", "stop", "MG120", "does not exist at message.received"),
        ("{recipient: a@}", "{reject: {code: [550]}}", "MG007", "a list"),
        ("{subject: x}", '{join: {ticket: "{{ m.order }}"}}', "MG122", "no capture"),
        ("{subject: x}", "{join: }", "MG007", "no value"),
        ("{subject: x}", '{drop: " "}', "MG004", "1 to 200"),
        ("{subject: x}", "{drop: {reason: [x]}}", "MG007", "a list"),
        ("{subject: x}", "{reject: No}", "MG124", '"subject" is not known yet'),
        ("{plus: x}", "{reject: No}", "MG124", "quarantine instead"),
        ("{customer.email: a@b.example}", "{reject: No}", "MG124", "smtp.sender"),
        ("{not: {any: [{smtp.size: over 1MB}, {body: x}]}}", "{reject: No}", "MG124", '"body"'),
        ("{now: over 12:00, weekday: mon}", "{reject: No}", None, ""),
        ("{recipient: a@, smtp.sender: none, smtp.auth: none}", "{reject: No}", None, ""),
        ("{smtp.peer: 192.0.2.300}", "{reject: No}", "MG004", "192.0.2.0/24"),
        ("{smtp.auth: zoe}", "{reject: No}", "MG102", "agent"),
        ("{from: a@b.example}", "{reject: {code: 250}}", "MG004", "code"),
        ("{recipient: a@}", "{reject: {code: 421}}", "MG004", "code"),
        ("{recipient: a@}", "{reject: {code: 550, enhanced: 4.7.1}}", "MG004", "contradict"),
        ("{recipient: a@}", "{reject: {enhanced: 5.7}}", "MG004", "enhanced"),
        ("{recipient: a@}", "{reject: Größe}", "MG004", "ASCII"),
        ("{recipient: a@}", '{reject: "a\\r\\nb"}', "MG004", "one line"),
        ("{recipient: a@}", "{reject: {txt: x}}", "MG003", 'did you mean "text"?'),
        ("{subject: x}", "{drop: {}}", "MG007", "no reason"),
        ("{subject: x}", "{drop: {because: x}}", "MG003", "no key"),
        ("{subject: x}", "{quarantine: [x]}", "MG007", "a list"),
        ("{subject: x}", "{join: nevr}", "MG004", 'did you mean "never"?'),
        ("{subject: x}", "{join: {}}", "MG007", "names no ticket"),
        ("{subject: x}", "{join: {tickt: 1}}", "MG003", 'did you mean "ticket"?'),
        ("{subject: x}", "{join: {ticket: a b}}", "MG004", "not the number"),
        ("{subject: x}", '{join: {ticket: "{{ ticket.number }}"}}', "MG120", '"ticket" does not exist'),
    ],
)
def test_a_wrong_rule_of_the_gate_is_told(condition: str, action: str, code: str | None, said: str) -> None:
    found = problems(f"rules: [{{name: r, when: message.received, if: {condition}, do: [{action}]}}]")
    assert code in codes(found) if code else found == ()
    assert any(said in f"{problem.message}; {problem.mend}" for problem in found) or not code


@pytest.mark.parametrize("verb", ["reject: No", "drop: x", "quarantine: x", "join: never"])
def test_actions_of_the_gate_are_errors_elsewhere(verb: str) -> None:
    (problem,) = problems(f"rules: [{{name: r, when: [ticket.created, message.received], do: [{{{verb}}}]}}]")
    assert problem.code == "MG120"
    assert "message.received only, not for ticket.created" in problem.message


def test_a_rule_that_refuses_does_nothing_else() -> None:
    found = problems("rules: [{name: r, when: message.received, do: [{join: never}, {reject: No}]}]")
    assert [(problem.code, problem.line) for problem in found] == [("MG124", 1)]
    assert "nothing else" in found[0].message


def test_the_gate_sees_the_mail_and_the_client() -> None:
    ruleset = rules(
        "rules: [{name: r, when: message.received, if: {from: acme.example, smtp.size: over 1kB}, do: [stop]}]"
    )
    (step,) = evaluate(ruleset, situation("message.received", size=2_000)).trace.steps
    assert step.verdict == "match"
