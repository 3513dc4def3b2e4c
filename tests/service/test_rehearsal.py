"""Tests of rules play on the production core: what they show is what the daemon would do."""

import pytest

from mailgate.rules.action_reader import VERBS
from mailgate.service.active import CheckedSet
from tests.support.stage import CONFIG, SHIPPED, differences, made, passes, played

PLAIN = made(SHIPPED)


def desk(rules: str, config: str = CONFIG) -> CheckedSet:
    return made({**SHIPPED, "10-routing.yaml": rules}, config)


def test_a_whole_conversation_goes_its_way() -> None:
    passes(
        """
        given: {now: "2026-03-02T09:30"}
        tests:
          - name: from the question to the end
            steps:
              - mail: {from: Ana Silva <ana@acme.example>, subject: Help, body: "It does not start."}
                expect:
                  ticket: {queue: support, state: new, owner: none, requester: ana@acme.example}
                  sent: {template: received, to: ana@acme.example, from: support@example.com}
                  told: [{agent: nina, template: agent_new}, kim]
                  exactly: true
              - agent: {by: nina, body: "Which version?", commands: ["#pending 14d", "#priority high"]}
                expect:
                  ticket: {state: pending, owner: nina, priority: high, pending_for: between 13d and 14d}
                  sent: {template: reply, body: "Which version?"}
                  held: none
              - wait: 2d
                expect: {sent: none, fired: none}
              - mail: {from: ana@acme.example, answers: reply, body: "Version 3."}
                expect: {ticket: {state: open}, told: {agent: nina, template: agent_followup, body: "Version 3."}}
              - agent: {by: nina, commands: "#close", body: "Mended."}
                expect: {ticket: {state: closed}, sent: reply}
        """,
        PLAIN,
    )


def test_time_that_passes_makes_due_what_is_due() -> None:
    text = """
    tests:
      - name: pending ends in its hour and not before
        steps:
          - mail: {subject: Help}
          - agent: {commands: "#pending 3d", body: x}
          - wait: 71h
            expect: {ticket: {state: pending}, fired: none}
          - wait: 2h
            expect: {ticket: {state: open}, told: agent_due, fired: tell-when-pending-is-over}
    """
    passes(text, PLAIN)


def test_rules_that_wait_ring_to_the_second_and_close_what_stays_silent() -> None:
    rules = """
    rules:
      - {name: tell, when: ticket.created, do: [{notify: {team: queue, template: agent_new}}]}
      - name: chase-then-close
        when: {idle: 3d, waiting_for: customer}
        if: {state: pending}
        do: [{reply: chase}, {close: {after: 4d, template: closed_for_silence}}]
    """
    text = """
    tests:
      - name: silence is chased once, then closed
        steps:
          - mail: {from: ana@acme.example, subject: Help}
          - wait: 7m
          - agent: {by: nina, body: "Which version?", commands: ["#pending 14d"]}
          - wait: 71h
            expect: {sent: none}
          - wait: 70m
            expect: {sent: [{template: chase}], fired: chase-then-close}
          - wait: 95h
            expect: {sent: none, ticket: {state: pending}}
          - wait: 50m
            expect: {ticket: {state: closed}, sent: [{template: closed_for_silence}]}
    """
    passes(text, desk(rules))


def test_an_answer_that_a_server_refuses_comes_back() -> None:
    text = """
    tests:
      - name: no such user
        steps:
          - mail: {from: ana@acme.example, subject: Help}
          - refusing: {ana@acme.example: "550 5.2.2 full"}
          - agent: {by: nina, body: x}
          - wait: 5m
            expect: {told: {agent: nina, template: delivery_failed, body: full}, fired: tell-of-failed-delivery}
    """
    passes(text, PLAIN)


def test_rules_look_at_whom_a_mail_did_not_reach_and_why() -> None:
    rules = """
    rules:
      - {name: tell, when: ticket.created, do: [{notify: {team: queue, template: agent_new}}]}
      - name: full
        when: delivery.failed
        if: {dsn.status: 5.2.2, dsn.recipient: acme.example}
        do: [{tag: full}, {note: "{{ dsn.recipient }} got nothing: {{ dsn.status }}"}]
      - {name: gone, when: delivery.failed, if: {dsn.status: '5.1.*'}, do: [{tag: gone}]}
      - {name: others, when: delivery.failed, if: {not: {dsn.recipient: ana@}}, do: [{tag: other}]}
    """
    text = """
    tests:
      - name: a full mailbox
        steps:
          - mail: {from: ana@acme.example, subject: Help}
          - refusing: {ana@acme.example: "552 5.2.2 full"}
          - agent: {by: nina, body: x}
          - wait: 5m
            expect: {ticket: {tags: [full, other]}, notes: "ana@acme.example got nothing: 5.2.2", not_fired: gone}
    """
    passes(text, desk(rules))


def test_answers_that_cross_are_held_and_nothing_of_them_is_sent() -> None:
    text = """
    tests:
      - name: two at once
        steps:
          - mail: {subject: Help}
          - agent: {by: nina, body: One.}
          - agent: {by: kim, answers: agent_new, body: Two.}
            expect: {sent: none, held: {template: reply, body: Two.}, told: {agent: kim, template: agent_held}}
    """
    passes(text, PLAIN)


def test_a_file_comes_as_if_it_were_sent_now_in_the_envelope_that_is_said() -> None:
    old = b"Date: Mon, 1 Jan 2001 00:00:00 +0000\n"
    eml = b"From: shop@bot.example\n" + old + b"Subject: Away\nAuto-Submitted: auto-replied\n\nx\n"
    text = """
    tests:
      - name: no answer to a machine
        eml: {file: ooo.eml, sender: <>}
        expect: {outcome: article, sent: none, told: agent_new}
      - name: a person
        eml: ana.eml
        expect: {sent: received}
    """
    person = b"From: ana@acme.example\n" + old + b"Subject: Help\n\nx\n"
    passes(text, PLAIN, {"ooo.eml": eml, "ana.eml": person})


@pytest.mark.parametrize(
    ("mail", "expect"),
    [
        ("{auth: fail}", "{sent: none, ticket: {tags: doubtful}}"),
        ("{auth: {dmarc: none, spf: pass}}", "{sent: received, ticket: {tags: none}}"),
        ("{attachments: {name: a.exe, type: application/x-msdownload, size: 2MB}}", "{ticket: {tags: [big, program]}}"),
        ("{headers: {X-Spam-Flag: YES}}", "{outcome: discarded, sent: none, told: none}"),
        ("{to: billing@example.com}", "{ticket: {queue: billing}}"),
        ("{cc: [billing@example.com]}", "{ticket: {queue: support}}"),
        ("{recipient: billing@example.com}", "{ticket: {queue: billing}}"),
        ("{sender: bounces@bad.example}", "{refused: '550 5.7.1', fired: refuse}"),
        ("{peer: 198.51.100.7}", "{refused: false, ticket: {tags: lan}}"),
        ("{reply_to: other@customer.example}", "{sent: {to: other@customer.example}}"),
    ],
)
def test_everything_that_rules_look_at_can_be_said_of_a_mail(mail: str, expect: str) -> None:
    rules = """
rules:
  - {name: refuse, when: message.received, if: {smtp.sender: bad.example}, do: [{reject: Not you}]}
  - {name: spam, when: message.received, if: {header.X-Spam-Flag: "YES"}, do: [{drop: spam}]}
  - {name: doubtful, when: ticket.created, if: {auth.dmarc: fail}, do: [{tag: doubtful}]}
  - {name: big, when: ticket.created, if: {attachment.size: over 1MB}, do: [{tag: big}]}
  - {name: program, when: ticket.created, if: {attachment.type: 'application/x-ms*'}, do: [{tag: program}]}
  - {name: lan, when: ticket.created, if: {smtp.peer: 198.51.100.0/24}, do: [{tag: lan}]}
"""
    passes(f"tests: [{{name: t, mail: {mail}, expect: {expect}}}]", desk(rules))


SEEN = {  # each verb, done -> an expectation that is met by nothing else
    "queue: billing": "ticket: {queue: billing}",
    "state: spam": "ticket: {state: spam}",
    "priority: high": "ticket: {priority: high}",
    "type: spare part": "ticket: {type: spare part}",
    "tag: vip": "ticket: {tags: vip}",
    "untag: doubtful": "ticket: {tags: none}",
    "set: {order: '4711'}": "ticket: {fields: {order: '4711'}}",
    "unset: no": "ticket: {fields: none}",
    "assign: kim": "ticket: {owner: kim}",
    "watch: [kim, boss@acme.example]": "ticket: {watchers: [kim, boss@acme.example, nina]}, exactly: true",
    "unwatch: nina": "ticket: {watchers: none}",
    "pending: {for: 3d}": "ticket: {pending_for: over 71h}",
    "close": "ticket: {state: closed}",
    "close: {after: 4d, template: closed}": "ticket: {closes_in: over 3d, state: new}",
    "reopen": "ticket: {state: open}",
    "reply: closed": "sent: closed",
    "note: 'from {{ msg.from }}'": "notes: from ana@acme.example",
    "note: {template: agent_note}": "notes: [Internal note by]",
    "notify: {to: kim, template: agent_note}": "told: {agent: kim, template: agent_note}",
    "forward: {to: vendor@parts.example}": "sent: [received, {template: forward, to: parts.example}], told: nina",
    "merge: {into: '1001'}": "ticket: {state: merged, merged_into: '1001'}",
    "split": "ticket: {articles: 1, number: '1002'}",
    "start: order": "ticket: {process: order, step: ask}",
    "webhook: erp": "called: {name: erp, url: 'https://erp.example.com/hook', body: ticket.created}",
    "run: lookup": "called: lookup",
}
OF_THE_GATE = ("reject", "drop", "quarantine", "join", "stop")  # seen as outcome, refused and fired
WITH_OUTSIDE = (
    CONFIG
    + """
[fields.order]
[fields.no]
[webhooks.erp]
url = "https://erp.example.com/hook"
[programs.lookup]
command = ["/bin/true"]
"""
)
ORDER = """
process: order
version: 1
start: ask
steps:
  ask: {next: done, checklist: [ordered]}
  done: {end: true}
"""


def test_whatever_a_rule_does_a_test_can_expect() -> None:
    before = "do: [{tag: doubtful}, {watch: nina}, {set: {no: '1'}}]"
    rules = [f"rules:\n  - {{name: before, when: [ticket.created, customer.replied], {before}}}"]
    tests = ["tests:"]
    for number, (action, expected) in enumerate(SEEN.items()):
        is_reply = action in ("split", "reopen")
        event, answers = ("customer.replied", ", answers: received") if is_reply else ("ticket.created", "")
        closed = "      - agent: {commands: '#close', body: x}" if action == "reopen" else ""
        head = f"  - name: r{number}\n    when: {event}\n    if: {{subject: case {number}}}"
        rules.append(f"{head}\n    do:\n      - {action}")
        tests += [f"  - name: '{number}'\n    steps:\n      - mail: {{from: ana@acme.example, subject: First}}", closed]
        tests.append(f"      - mail: {{from: ana@acme.example, subject: case {number}{answers}}}")
        tests.append(f"        expect: {{{expected}}}")
    of = made({**SHIPPED, "15.yaml": "\n".join(rules), "processes/order.yaml": ORDER}, WITH_OUTSIDE)
    failed = [result for result in played("\n".join(tests), of) if result.failed is not None]
    actions = [*SEEN]
    assert [(actions[int(each.scenario.name)], each.failed) for each in failed] == []


def test_every_verb_is_seen() -> None:
    assert {each.partition(":")[0] for each in SEEN} == set(VERBS) - set(OF_THE_GATE)


def test_the_configuration_can_be_another_one_in_a_test() -> None:
    text = """
    tests:
      - {name: as it is, mail: {auth: none}, expect: {sent: received_neutral}}
      - {name: trusting, given: {config: {site.trust_unverified: true}}, mail: {auth: none}, expect: {sent: received}}
    """
    passes(text, PLAIN)


def test_the_clock_stands_where_it_was_set_by_the_sites_time() -> None:
    rules = "rules: [{name: night, when: ticket.created, if: {now: between 22:00 and 06:00}, do: [{tag: night}]}]"
    text = """
    tests:
      - {name: n, given: {now: "2026-03-02T23:30"}, mail: {}, expect: {ticket: {tags: night}}}
      - {name: d, given: {now: "2026-03-02T23:30-08:00"}, mail: {}, expect: {ticket: {tags: none}}}
    """
    passes(text, desk(rules))


def test_tests_do_not_see_each_other() -> None:
    one = "{mail: {from: a@b.example, subject: Help}, expect: {ticket: {number: '1001', articles: 2}, sent: received}}"
    passes(f"tests: [{{name: a, steps: [{one}]}}, {{name: b, steps: [{one}]}}]", PLAIN)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("[{agent: {by: nina, body: x}}]", "nina@staff.example got no mail that could be answered"),
        ("[{agent: {body: x}}]", "no agent was told anything"),
        ("[{mail: {}}, {agent: {by: nina, answers: agent_note, body: x}}]", "mails until now: agent_new"),
        ("[{mail: {answers: true}}]", "customer@customer.example got no mail"),
    ],
)
def test_a_step_that_cannot_be_fails_and_says_why(steps: str, words: str) -> None:
    [result] = played(f"tests: [{{name: t, steps: {steps}}}]", PLAIN)
    assert result.failed is not None
    assert words in result.failed.impossible


def test_a_rule_that_fails_is_seen_in_the_difference() -> None:
    rules = "rules: [{name: r, when: ticket.created, do: [{set: {order: '{{ ticket.fields.nothing }}'}}]}]"
    text = "tests: [{name: t, mail: {}, expect: {fired: r}}]"
    assert differences(text, desk(rules)) == [("fired", "r", "acknowledge, tell-the-team")]


def test_what_differs_ends_the_test_at_that_step() -> None:
    text = "tests: [{name: t, steps: [{mail: {}, expect: {sent: none}}, {mail: {}, expect: {sent: none}}]}]"
    [result] = played(text, PLAIN)
    assert result.failed is not None
    assert (result.failed.number, result.failed.of) == (1, 2)
