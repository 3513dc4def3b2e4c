"""What was expected beside what happened: only differences are told, in the words of the test."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.decision.cases import Difference, Happened, Mailed, compared
from mailgate.rules.scenario import Expectation
from mailgate.rules.situation import OurAddresses
from mailgate.rules.trace import Step, Trace
from tests.support.desk import make_ticket
from tests.support.stage import CONFIG, made, read

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OURS = OurAddresses(frozenset({"example.com"}), frozenset({"support@example.com"}))
RECEIVED = Mailed("auto-reply", "received", "ana@acme.example", "", "support@example.com", "Re: Invoice 4711", "Hello")
TOLD = Mailed("agent", "agent_new", "nina@staff.example", "nina", "support@example.com", "Invoice 4711", "Look")
HELD = replace(TOLD, kind="customer", template="reply", recipient="ana@acme.example", agent="", held=True, reason="x")
CALL = Mailed("webhook", "erp", "https://erp.example.com/hook", "", "", "", "{}")
FORWARDED = replace(RECEIVED, kind="forward", template="forward", recipient="vendor@parts.example", body="See")
SHOWN = 'received to ana@acme.example "Re: Invoice 4711"; forward to vendor@parts.example "Re: Invoice 4711"'
PASSED_ON = 'forward to vendor@parts.example "Re: Invoice 4711"'
TICKET = make_ticket(tags=("vip", "b"), fields=(("order", "4711"),), owner="nina", state="pending", type="incident")
STEPS = (Step("a", "f", 1, "match"), Step("t", "f", 2, "miss", 1), Step("t", "f", 2, "match", 2))
HAPPENED = Happened(
    ticket=replace(TICKET, pending_until=NOW + timedelta(days=3), close_at=NOW + timedelta(days=4)),
    merged_into="1040",
    watchers=("nina",),
    notes=("as said",),
    mails=(RECEIVED, TOLD, HELD, FORWARDED, CALL),
    traces=(
        Trace(
            "ticket.created",
            "x",
            (Step("a", "f", 1, "match"), Step("t", "f", 2, "miss", 1), Step("t", "f", 2, "match", 2)),
        ),
    ),
    outcome="article",
    at=NOW,
)
RULES = made(
    """
    rules:
      - {name: a, when: ticket.created, do: [{tag: a}]}
      - {name: b, when: ticket.created, do: [{tag: b}]}
      - {name: t, when: ticket.created, first: [{if: {subject: x}, do: [{tag: x}]}, {else: true, do: [{tag: y}]}]}
    """,
    CONFIG + '[webhooks.erp]\nurl = "https://erp.example.com/hook"\n',
)


def expected(text: str) -> Expectation:
    [test] = read(f"tests: [{{name: t, mail: {{}}, expect: {{{text}}}}}]", RULES)
    assert test.steps[0].expect is not None
    return test.steps[0].expect


def differing(text: str, happened: Happened = HAPPENED) -> list[Difference]:
    return list(compared(expected(text), happened, OURS))


@pytest.mark.parametrize(
    "text",
    [
        "ticket: {queue: support, state: pending, priority: normal, owner: nina}",
        "ticket: {owner: {exists: true}, pending_for: over 2d, articles: 1, requester: acme.example}",
        "ticket: {state: [open, pending], priority: at least normal, subject: '/inv/'}",
        "ticket: {tags: vip, fields: {order: '4711'}}",
        "ticket: {tags: [b, vip], fields: {order: {exists: true}}}, exactly: true",
        "sent: received",
        "sent: [{template: received, to: ana@acme.example, subject: {has: '4711'}, body: hello}]",
        "sent: [forward, received], told: nina, held: reply, called: erp, notes: said, exactly: true",
        "ticket: {watchers: nina, type: incident, closes_in: at least 4d, merged_into: 1040}, notes: [as, said]",
        "sent: {template: forward, to: parts.example}",
        "called: {url: 'https://erp.example.com/*'}",
        "told: {template: agent_new, agent: nina, kind: agent}",
        "held: {template: reply, reason: x}",
        "fired: [a, t]",
        "fired: [{t: 2}, a], exactly: true, not_fired: b",
        "outcome: article",
        "refused: false",
    ],
)
def test_what_is_as_expected_is_no_difference(text: str) -> None:
    assert differing(text) == []


@pytest.mark.parametrize(
    ("text", "what", "wanted", "got"),
    [
        ("ticket: {queue: billing}", "ticket.queue", "billing", "support"),
        ("ticket: {owner: none}", "ticket.owner", "none", "nina"),
        ("ticket: {priority: at least high}", "ticket.priority", "at least high", "normal"),
        ("ticket: {tags: other}", "ticket.tags", "other", "vip, b"),
        ("ticket: {tags: none}", "ticket.tags", "not vip", "vip, b"),
        ("ticket: {fields: {order: '1'}}", "ticket.fields.order", "1", "4711"),
        ("ticket: {fields: {other: x}}", "ticket.fields.other", "x", "none"),
        ("sent: none", "sent", "nothing", 'received to ana@acme.example "Re: Invoice 4711"'),
        ("sent: closed", "sent", "closed", SHOWN),
        ("sent: [received, received]", "sent", "received", PASSED_ON),
        ("sent: {template: received, subject: refund}", "sent received: subject", "refund", "Re: Invoice 4711"),
        ("told: kim", "told", "kim", 'agent_new to nina "Invoice 4711"'),
        ("sent: agent_new", "sent", "agent_new", f'{SHOWN}; under told: agent_new to nina "Invoice 4711"'),
        ("sent: reply", "sent", "reply", f'{SHOWN}; under held: reply to ana@acme.example "Invoice 4711"'),
        ("told: forward", "told", "forward", 'agent_new to nina "Invoice 4711"; under sent: ' + PASSED_ON),
        ("sent: none", "sent", "nothing", PASSED_ON),
        ("called: none", "called", "nothing", "erp"),
        ("called: {name: erp, body: queue}", "called erp: body", "queue", "{}"),
        ("notes: none", "notes", "not as said", "as said"),
        ("notes: other", "notes", "other", "as said"),
        ("ticket: {watchers: kim}", "ticket.watchers", "kim", "nina"),
        ("ticket: {type: none}", "ticket.type", "none", "incident"),
        ("ticket: {closes_in: over 5d}", "ticket.closes_in", "over 5d", "4d"),
        ("ticket: {merged_into: none}", "ticket.merged_into", "none", "1040"),
        ("held: none", "held", "nothing", 'reply to ana@acme.example "Invoice 4711" (held)'),
        ("fired: b", "fired", "b", "a, t case 2"),
        ("fired: {t: 1}", "fired", "t case 1", "a, t case 2"),
        ("not_fired: a", "fired", "not a", "a, t case 2"),
        ("fired: a, exactly: true", "fired", "not t", "a, t case 2"),
        ("outcome: duplicate", "outcome", "duplicate", "article"),
        ("refused: true", "refused", "exists", "none"),
    ],
)
def test_a_difference_names_what_was_expected_and_what_there_was(text: str, what: str, wanted: str, got: str) -> None:
    found = [(each.what, each.expected, each.got) for each in differing(text)]
    assert (what, wanted, got) in found


def test_with_exactly_nothing_else_may_be() -> None:
    assert differing("ticket: {tags: vip}") == []
    [tag] = differing("ticket: {tags: vip}, exactly: true")
    assert tag.expected == "not b"
    both = replace(HAPPENED, mails=(RECEIVED, replace(RECEIVED, template="closed")))
    assert differing("sent: received", both) == []
    [mail] = differing("sent: received, exactly: true", both)
    assert mail.expected == "nothing else"


def test_each_mail_counts_for_one_that_was_expected() -> None:
    two = replace(HAPPENED, mails=(RECEIVED, replace(RECEIVED, recipient="ben@acme.example")))
    assert differing("sent: [received, {to: ana@acme.example}]", two) == []
    assert differing("sent: [{template: received}, {to: ana@acme.example}, {template: received}]", two) != []


def test_a_refused_mail_is_a_difference_unless_it_was_expected() -> None:
    refused = Happened(refused="550 5.7.1 Not you (rule no (00.yaml:2))")
    [found] = differing("sent: none", refused)
    assert (found.what, found.expected) == ("refused", "nothing")
    assert differing("refused: Not you", refused) == []


def test_without_a_ticket_nothing_of_one_is_compared() -> None:
    [found] = differing("ticket: {queue: support, state: open}", Happened(outcome="discarded"))
    assert (found.what, found.got) == ("ticket", "none")
