"""Processes from beginning to end, on the production core: what the rule tests of an administrator would show."""

from mailgate.service.active import CheckedSet
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
                expect: {{told: [{{to: boss@acme.example, template: approval_reminder}}, {{agent: kim, template: approval_reminder}}]}}
              - approval: {{by: boss@acme.example, says: "yes", body: "We need it."}}
                expect:
                  ticket: {{step: purchase, queue: purchasing, tags: decided}}
                  told: [{{to: boss@acme.example, template: approval_result, body: approved}}, {{agent: nina, template: process_step, body: delivery date known}}]
              - agent: {{by: nina, answers: process_step, commands: ["#done 1", "#done 2", "#set supplier=Thalia", "#set price=249 EUR"]}}
                expect: {{ticket: {{step: purchase}}}}
              - agent: {{by: nina, answers: process_step, commands: ["#done 3"]}}
                expect: {{ticket: {{step: approve}}, told: {{to: boss@acme.example, template: approval_request, body: "249"}}}}
              - agent: {{by: kim, answers: approval_reminder, commands: ["#approve"]}}
                expect: {{ticket: {{step: mailroom, queue: mailroom}}}}
              - agent: {{by: nina, answers: process_step, commands: ["#done 1", "#done 2"]}}
                expect: {{ticket: {{step: done, state: closed}}, sent: closed}}
        """,
        desk(),
    )
