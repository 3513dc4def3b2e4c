"""Two plans side by side: each thing that would be another is told once, with the rule behind it."""

from typing import Any

import pytest

from mailgate.decision.replayed import Change, Decided, Tally, changes
from tests.support.desk import decided, make_mail, make_policy, make_raw

OLD = """
rules:
  - name: route
    when: ticket.created
    first: [{if: {subject: invoice}, do: [{tag: money}]}, {else: true, do: [{tag: rest}]}]
  - {name: ack, when: ticket.created, do: [{reply: received}]}
"""


def by(rules: str, **mail: Any) -> Decided:
    policy = make_policy(rules)
    return Decided(decided(make_mail(make_raw(**mail), policy), policy), policy.rules)


def found(new: str, **mail: Any) -> list[tuple[str, str]]:
    return [(each.told, each.cause) for each in changes(by(OLD, **mail), by(new, **mail))]


@pytest.mark.parametrize(
    ("before", "after", "told", "cause"),
    [
        ("tag: money", "queue: billing", "support → billing", "rule route case 1 (10.yaml:5)"),
        ("tag: money", "tag: [money, x]", "tag none → x", "rule route case 1 (10.yaml:5)"),
        ("tag: money", "priority: high", "priority normal → high", "rule route case 1 (10.yaml:5)"),
        ("tag: money", "assign: nina", "owner nobody → nina", "rule route case 1 (10.yaml:5)"),
        ("tag: money", "state: closed", "state new → closed", "rule route case 1 (10.yaml:5)"),
        ("tag: money", "set: {a: b}", "field a none → a value", "rule route case 1 (10.yaml:5)"),
        ("reply: received", "tag: y", "received not sent any more", "without rule ack (10.yaml:6)"),
        ("reply: received", "reply: not_accepted", "not_accepted would be sent", "rule ack (10.yaml:6)"),
        ("subject: invoice", "subject: refund", "tag money → none", "without rule route case 1 (10.yaml:5)"),
    ],
)
def test_a_change_names_its_rule(before: str, after: str, told: str, cause: str) -> None:
    assert (told, cause) in found(OLD.replace(before, after))


def test_what_is_decided_alike_is_no_change() -> None:
    assert found(OLD.replace("name: route", "name: other")) == []


def test_mail_that_may_not_be_answered_tells_nothing_of_answers() -> None:
    assert found(OLD.replace("reply: received", "reply: closed"), auto_submitted="auto-replied") == []


def test_a_mail_that_goes_nowhere_is_told_as_that_alone() -> None:
    gate = OLD + "  - {name: drop, when: message.received, do: [{drop: x}]}\n"
    assert found(gate) == [("a new ticket → discarded", "rule drop (10.yaml:7)")]
    refused = Decided(None, by(OLD).rules, refused="rule no (10.yaml:1)")
    assert changes(by(OLD), refused) == (Change("outcome", "a new ticket", "refused", "rule no (10.yaml:1)"),)
    assert changes(refused, by(OLD))[0].cause == "without rule no (10.yaml:1)"
    assert changes(refused, refused) == ()


def test_what_fails_is_told_with_its_error() -> None:
    failed = Decided(None, by(OLD).rules, failed="ValueError: x")
    assert changes(by(OLD), failed) == (Change("outcome", "a new ticket", "failed", "ValueError: x"),)


def test_the_tally_counts_keeps_three_examples_and_puts_the_most_frequent_first() -> None:
    tally, one, other = Tally(), Change("queue", "a", "b", "rule x"), Change("mail", "t", "", "rule y")
    for name in ("#1", "#1", "#2", "#3", "#4"):
        tally.add(name, (one,))
    tally.add("#5", (other,))
    tally.add("#6", ())
    assert (tally.mails, tally.elsewhere) == (7, 6)
    assert list(tally.changes()) == [(one, 5, ("#1", "#2", "#3")), (other, 1, ("#5",))]
