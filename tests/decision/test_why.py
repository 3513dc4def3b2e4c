"""Under a failed test stand the rules that could have made it so, each with what it saw."""

from mailgate.decision.cases import Difference, Happened, Withheld
from mailgate.decision.why import why
from mailgate.rules.trace import ConditionStep, Step, Trace
from tests.support.desk import make_rules

RULES = make_rules(
    """
    rules:
      - name: route
        when: ticket.created
        first:
          - {if: {to: billing@}, do: [{queue: billing}]}
          - {else: true, do: [{queue: support}]}
      - {name: vip, when: ticket.created, if: {subject: vip}, do: [{priority: high}]}
      - {name: ack, when: ticket.created, do: [{reply: received}]}
      - {name: told, when: ticket.created, do: [{notify: {team: queue, template: agent_new}}]}
      - {name: later, when: note.added, do: [{queue: billing}]}
      - {name: off, enabled: false, when: ticket.created, do: [{queue: billing}, {tag: late}]}
      - {name: after, when: note.added, do: [{tag: late}]}
      - {name: silence, when: {idle: 3d}, do: [{reply: closed}, close]}
    defaults: {tags: [from-mail]}
    """
)
MISSED = ConditionStep("to", "billing@", "support@example.com", "miss")
TRACE = Trace(
    "ticket.created",
    RULES.hash,
    (
        Step("route", "10.yaml", 3, "miss", 1, (MISSED,)),
        Step("route", "10.yaml", 3, "match", 2, (), ("queue support",)),
        Step("vip", "10.yaml", 8, "error", 0, (), (), "no ticket yet"),
        Step("ack", "10.yaml", 9, "match", 0, (), ('reply "received"',)),
    ),
)


def block(*about: str, expected: str = "a", happened: Happened | None = None) -> list[str]:
    return why([Difference("x", expected, "b", about)], happened or Happened(traces=(TRACE,)), RULES)


def test_a_queue_is_explained_by_the_rules_that_move_there_and_no_other() -> None:
    assert block("queue", expected="billing") == [
        "route (10.yaml:3) took case 2, else",
        '     case 1  to: billing@  ✗  was "support@example.com"',
        "     case 2  → queue support",
    ]


def test_a_case_that_leads_elsewhere_is_not_told() -> None:
    assert block("queue", expected="sales") == ["route (10.yaml:3) took case 2, else", "     case 2  → queue support"]


def test_rules_that_were_not_asked_are_told_where_nothing_else_explains_it() -> None:
    without = Happened(traces=(Trace("ticket.created", RULES.hash),))
    assert block("tags late", expected="late", happened=without) == [
        "off (10.yaml:12) is not enabled",
        "after (10.yaml:13) is for note.added; here was ticket.created",
    ]
    assert block("state", expected="closed", happened=Happened()) == [
        "silence (10.yaml:14) was not asked: its time has not come, or the ticket is not one that it waits for"
    ]
    assert block("state", expected="closed", happened=Happened(traces=(TRACE,), outcome="article")) == []
    assert block("queue", expected="billing", happened=Happened()) == ["off (10.yaml:12) is not enabled"]


def test_the_default_tags_of_a_file_make_no_rule_a_reason() -> None:
    assert block("tags other", expected="other") == []


def test_a_rule_in_error_says_so() -> None:
    assert block("priority") == ["vip (10.yaml:8) was in error", "             ! no ticket yet"]


def test_a_mail_is_explained_by_the_rules_that_send_it_and_by_why_it_was_withheld() -> None:
    happened = Happened(traces=(TRACE,), withheld=(Withheld("received", "a@b.example", "automatic mail"),))
    first, second, *_ = block("mail received", happened=happened)
    assert first == "received to a@b.example was withheld: automatic mail"
    assert second == "ack (10.yaml:9) matched"
    assert not any(line.startswith("told") for line in block("mail received"))


def test_a_rule_that_was_not_asked_says_why() -> None:
    assert block("rule told") == ["told (10.yaml:10) was not asked: one before it stopped, or it ran already"]


def test_what_no_rule_has_to_do_with_has_no_block() -> None:
    assert block("requester") == []
