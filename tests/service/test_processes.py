"""Processes from beginning to end, on the production core: what the rule tests of an administrator would show."""

import re
from datetime import UTC, date, datetime

import pytest

from mailgate.decision.cases import Happened
from mailgate.rules.scenario import ApproversLetter, Letter
from mailgate.service.active import ActiveSet, CheckedSet
from mailgate.service.rehearsal import Rehearsal, with_door
from mailgate.store.memory import MemoryStore
from mailgate.tickets.signed import Key, Keyring
from tests.support.daemon import ROOT
from tests.support.stage import CONFIG, SHIPPED, made, passes

LEAD = 'name = "Kim Vega"\nroles = ["agent", "lead"]'
QUEUES = """
[queues.purchasing]
addresses = ["purchasing@example.com"]
team = "first-line"
[queues.mailroom]
addresses = ["mailroom@example.com"]
team = "first-line"
"""
BOOK_ORDER = """
process: book-order
title: Book order
version: 3
start: ask
fields: {title: text, isbn: text, price: money, manager: address, reason: text, supplier: text}
steps:
  ask:
    need: [title, isbn, manager]
    next: approve
  approve:
    approval: {by: "{{ field.manager }}", or: {role: lead}, quorum: 1, remind: 1d, expires: 5d}
    granted: purchase
    denied: refused
    expired: {goto: approve, do: [{notify: {role: lead, template: process_step}}]}
  purchase:
    queue: purchasing
    checklist: [order placed, price entered, delivery date known]
    need: [supplier, price]
    next:
      - {if: {field.price: over 200 EUR}, goto: approve}
      - {goto: mailroom}
  mailroom:
    queue: mailroom
    checklist: [received, handed over]
    next: done
  refused: {end: true, do: [{reply: {template: closed}}, {state: closed}]}
  done: {end: true, do: [{reply: {template: closed}}, {state: closed}]}
"""
RULES = """
rules:
  - name: order
    when: ticket.created
    if: {subject: order}
    do: [{start: book-order}]
  - name: tell-step
    when: step.entered
    if: {process: book-order, step: [purchase, mailroom]}
    do: [{notify: {team: queue, template: process_step}}]
  - name: mark
    when: [approval.granted, approval.denied]
    do: [{tag: decided}]
"""
CONFIGURED = CONFIG.replace('name = "Kim Vega"', LEAD) + QUEUES


def desk(process: str = BOOK_ORDER, rules: str = RULES, name: str = "book-order") -> CheckedSet:
    return made({**SHIPPED, "15-orders.yaml": rules, f"processes/{name}.yaml": process}, CONFIGURED)


ORDERED = """
              - mail: {from: Ana Silva <ana@acme.example>, subject: order a book, body: "title: Faust"}
                expect:
                  ticket: {process: book-order, step: ask, fields: {title: Faust}}
                  sent: {template: process_ask, body: [isbn]}
              - mail:
                  from: ana@acme.example
                  answers: process_ask
                  body: "isbn: 3527703713\\nmanager: boss@acme.example"
                expect:
                  ticket: {step: approve, fields: {isbn: "3527703713", manager: boss@acme.example}}
                  told: {to: boss@acme.example, template: approval_request, body: "3527703713"}
"""


def test_the_whole_book_order_goes_its_way() -> None:
    passes(
        f"""
        tests:
          - name: approved, bought, too dear, approved again, handed over
            steps:{ORDERED}
              - wait: 25h
                expect:
                  told:
                    - {{to: boss@acme.example, template: approval_reminder}}
                    - {{agent: kim, template: approval_reminder}}
              - approval: {{by: boss@acme.example, says: "yes", body: "We need it."}}
                expect:
                  ticket: {{step: purchase, queue: purchasing, tags: decided}}
                  told:
                    - {{to: boss@acme.example, template: approval_result, body: approved}}
                    - {{agent: nina, template: process_step, body: delivery date known}}
              - agent:
                  by: nina
                  answers: process_step
                  commands: ["#done 1", "#done 2", "#set supplier=Thalia", "#set price=249 EUR"]
                expect: {{ticket: {{step: purchase}}}}
              - agent: {{by: nina, answers: process_step, commands: ["#done 3"]}}
                expect:
                  ticket: {{step: approve}}
                  told: {{to: boss@acme.example, template: approval_request, body: "249"}}
              - agent: {{by: kim, answers: approval_reminder, commands: ["#approve"]}}
                expect: {{ticket: {{step: mailroom, queue: mailroom}}}}
              - agent: {{by: nina, answers: process_step, commands: ["#done 1", "#done 2"]}}
                expect: {{ticket: {{step: done, state: closed}}, sent: closed}}
        """,
        desk(),
    )


def approval(decision: str, then: str, after: str = "") -> None:
    """One decision on an order that waits for approval, and what is expected of it."""
    passes(
        f"""
        tests:
          - name: an approval
            steps:{ORDERED}{after}
              - approval: {decision}
                expect: {then}
        """,
        desk(),
    )


def test_a_no_ends_it() -> None:
    approval('{by: boss@acme.example, says: "no", body: "Too dear."}', "{ticket: {step: refused, state: closed}}")


@pytest.mark.parametrize(
    "decision",
    [
        '{by: boss@acme.example, says: "yes", from: ana@acme.example}',
        '{by: boss@acme.example, says: "yes", from: somebody@else.example}',
        '{by: boss@acme.example, says: "yes", auth: fail}',
        '{by: boss@acme.example, says: "yes", auth: none}',
        '{by: boss@acme.example, says: "yes", headers: {Auto-Submitted: auto-replied}}',
        '{by: boss@acme.example, says: "yes", body: "I am out of the office until Monday."}',
    ],
    ids=["the requester", "a stranger", "forged", "not proven", "automatic", "absence"],
)
def test_what_is_not_surely_the_approvers_own_decision_decides_nothing(decision: str) -> None:
    approval(decision, "{ticket: {step: approve, state: new, tags: none}}")


def test_a_link_counts_once_and_only_in_its_own_round() -> None:
    again = """
              - wait: 6d
                expect: {ticket: {step: approve}, told: {to: boss@acme.example, template: approval_request}}
"""
    approval('{by: boss@acme.example, says: "yes", first: true}', "{ticket: {step: approve, tags: none}}", again)
    approval('{by: boss@acme.example, says: "yes"}', "{ticket: {step: purchase, tags: decided}}", again)
    twice = """
              - approval: {by: boss@acme.example, says: "yes"}
                expect: {ticket: {step: purchase}}
"""
    approval('{by: boss@acme.example, says: "no"}', "{ticket: {step: purchase, state: new}}", twice)


def test_nobody_approves_his_own_request_and_the_lead_is_asked_instead() -> None:
    passes(
        """
        tests:
          - name: she names herself
            steps:
              - mail:
                  from: ana@acme.example
                  subject: order
                  body: "title: x\\nisbn: 1\\nmanager: ana@acme.example"
                expect: {ticket: {step: approve}, told: [{agent: kim, template: approval_request}]}
        """,
        desk(),
    )


def test_a_wrong_answer_is_asked_for_again_a_few_times_only() -> None:
    wrong = """
              - mail: {from: ana@acme.example, answers: process_ask, body: "manager: my boss"}
                expect: {sent: {template: process_ask, body: my boss}, ticket: {step: ask}}
"""
    passes(
        f"""
        given: {{config: {{out.automatic.per_address: 20/day}}}}
        tests:
          - name: who never answers rightly
            steps:
              - mail: {{from: ana@acme.example, subject: order}}
                expect: {{sent: [{{template: process_ask}}]}}{wrong}{wrong}
              - mail: {{from: ana@acme.example, answers: process_ask, body: "manager: my boss"}}
                expect: {{sent: none, ticket: {{step: ask}}}}
        """,
        desk(),
    )


def test_what_nobody_proves_makes_us_write_to_nobody() -> None:
    passes(
        """
        tests:
          - name: anybody can write as ana
            steps:
              - mail:
                  from: ana@acme.example
                  subject: order
                  auth: none
                  body: "title: x\\nisbn: 1\\nmanager: victim@else.example"
                expect: {ticket: {step: ask, fields: none}}
        """,
        desk(),
    )


def active(of: CheckedSet) -> ActiveSet:
    ring = Keyring((Key("a", date(2026, 3, 1), b"x" * 32),))
    return of.joined(ring, {"nina": 1, "kim": 2})


def step_of(happened: Happened) -> str | None:
    return happened.ticket.process_step if happened.ticket is not None else None


def test_a_ticket_stays_on_the_version_with_which_it_began() -> None:
    """A newer one is for those who begin now, even where the step at which a ticket is has gone."""
    newer = BOOK_ORDER.replace("version: 3", "version: 4").replace("approve", "decide")
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    store = MemoryStore(now)
    with Rehearsal(active(desk()), store, now) as rehearsal:
        body = "title: x\nisbn: 1\nmanager: boss@acme.example"
        assert step_of(rehearsal.play(Letter(subject="order", body=body))) == "approve"
        rehearsal.active = with_door(active(desk(newer)))
        assert step_of(rehearsal.play(ApproversLetter("boss@acme.example", True))) == "purchase"
        assert step_of(rehearsal.play(Letter(subject="order", body=body))) == "decide"
    store.close()


def test_a_mail_to_both_addresses_says_nothing() -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    store = MemoryStore(now)
    with Rehearsal(active(desk()), store, now) as rehearsal:
        body = "title: x\nisbn: 1\nmanager: boss@acme.example"
        asked = rehearsal.play(Letter(subject="order", body=body))
        (request,) = [each for each in asked.mails if each.template == "approval_request"]
        yes, no = re.findall(r"\S+\+\d+\.[yx]\S+@\S+", request.body)
        both = rehearsal.play(Letter(author="boss@acme.example", to=(yes, no), subject="Re: order", body="well"))
        assert step_of(both) == "approve"
        assert step_of(rehearsal.play(Letter(author="boss@acme.example", to=(no,), subject="no"))) == "refused"
    store.close()


def test_a_quorum_is_how_many_must_say_yes_and_one_no_is_a_no() -> None:
    two = BOOK_ORDER.replace('by: "{{ field.manager }}", or: {role: lead}, quorum: 1', "by: [nina, kim], quorum: 2")
    passes(
        """
        tests:
          - name: two of two
            steps:
              - mail: {from: ana@acme.example, subject: order, body: "title: x\\nisbn: 1\\nmanager: b@acme.example"}
                expect: {told: [{agent: nina, template: approval_request}, {agent: kim, template: approval_request}]}
              - approval: {by: nina, says: "yes", body: "Fine."}
                expect: {ticket: {step: approve}, told: {agent: nina, template: command_result, body: "1 of 2"}}
              - approval: {by: nina, says: "yes"}
                expect: {ticket: {step: approve}, told: {agent: nina, template: command_error}}
              - approval: {by: kim, says: "yes"}
                expect: {ticket: {step: purchase}, sent: none}
          - name: one no
            steps:
              - mail: {from: ana@acme.example, subject: order, body: "title: x\\nisbn: 1\\nmanager: b@acme.example"}
              - approval: {by: kim, says: "no", body: "Not now."}
                expect: {ticket: {step: refused}}
        """,
        desk(two),
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "your vote is counted: 1 of 2"),
        ("de", "Ihre Stimme ist gezählt: 1 von 2"),
        ("es", "Su voto cuenta: 1 de 2"),
    ],
)
def test_who_votes_while_more_must_say_yes_gets_a_receipt(language: str, said: str) -> None:
    two = BOOK_ORDER.replace("or: {role: lead}, quorum: 1", "or: {role: lead}, quorum: 2")
    configured = CONFIGURED.replace("[queues.support]", f'[queues.support]\nlanguage = "{language}"')
    passes(
        f"""
        tests:
          - name: two are needed
            steps:{ORDERED}
              - approval: {{by: boss@acme.example, says: "yes", body: "We need it."}}
                expect:
                  ticket: {{step: approve, tags: none}}
                  told: [{{to: boss@acme.example, template: approval_result, body: "{said}"}}]
              - approval: {{by: boss@acme.example, says: "yes"}}
                expect:
                  told: [{{agent: nina, template: agent_followup}}, {{agent: kim, template: agent_followup}}]
                  exactly: true
              - agent: {{by: kim, commands: ["#approve"]}}
                expect:
                  ticket: {{step: purchase}}
                  told: {{to: boss@acme.example, template: approval_result, body: "- kim@staff.example: "}}
        """,
        made({**SHIPPED, "15-orders.yaml": RULES, "processes/book-order.yaml": two}, configured),
    )


def test_a_third_partys_and_a_machines_lines_answer_nothing() -> None:
    passes(
        """
        tests:
          - name: lines of others
            steps:
              - mail: {from: ana@acme.example, subject: order}
              - mail: {from: eve@else.example, answers: none, subject: "[Ticket#1001]", body: "title: x"}
                expect: {ticket: {fields: none}}
              - mail:
                  from: ana@acme.example
                  answers: process_ask
                  headers: {Auto-Submitted: auto-replied}
                  body: "title: x"
                expect: {ticket: {fields: none}, sent: none}
        """.replace("answers: none, ", ""),
        desk(),
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("#approve", "nothing is to be approved"),
        ("#done 1", "no checklist"),
        ("#start book-order", "already"),
        ("#start nothing", "no process"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(line: str, told: str) -> None:
    passes(
        f"""
        tests:
          - name: it cannot be
            steps:
              - mail: {{from: ana@acme.example, subject: order}}
              - agent: {{by: nina, commands: ["{line}"]}}
                expect: {{told: {{agent: nina, template: command_error, body: "{told}"}}}}
        """,
        desk(),
    )


def test_an_agent_who_has_no_voice_in_it_does_not_approve() -> None:
    passes(
        f"""
        tests:
          - name: not hers
            steps:{ORDERED}
              - agent: {{by: nina, commands: ["#approve"]}}
                expect: {{ticket: {{step: approve}}, told: {{agent: nina, template: command_error, body: not yours}}}}
        """,
        desk(),
    )


HOW_TO = (ROOT / "docs/how-to/approve-by-mail.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", HOW_TO, re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_how_to_run() -> None:
    order, rules, own_house, tests = BLOCKS
    books = (
        CONFIGURED
        + """
[queues.books]
addresses = ["books@example.com"]
team = "first-line"
"""
    )
    files = {"15.yaml": rules, "processes/book-order.yaml": order, "processes/own-house.yaml": own_house}
    passes(tests, made({**SHIPPED, **files}, books))


def test_the_processes_that_come_with_it_do_what_their_tests_say() -> None:
    files = {f"processes/{path.name}": path.read_text() for path in (ROOT / "rules/processes").glob("*.yaml")}
    assert len(files) == 2
    passes((ROOT / "rules/tests/processes.test.yaml").read_text(), made({**SHIPPED, **files}))
