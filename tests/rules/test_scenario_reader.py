"""Files of tests are read whole; every mistake is told with its place, in the form in which those of rules are."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from mailgate.problems import report
from mailgate.rules.scenario import AgentsLetter, Letter, Refusing, Wait
from mailgate.service.active import CheckedSet
from tests.support.stage import made, read, reading


@cache
def desk() -> CheckedSet:
    return made(
        """
        rules:
          - name: route
            when: ticket.created
            first:
              - {if: {subject: a}, do: [{queue: billing}]}
              - {else: true, do: [{tag: b}]}
        """
    )


def test_the_form_of_the_specification_is_read() -> None:
    first, second, third = read(
        """
        given: {now: "2026-03-02T09:30:00+01:00"}
        tests:
          - name: one
            mail: {from: Ana <ana@acme.example>, to: support@example.com, subject: "Invoice #4711 is wrong"}
            expect:
              ticket: {queue: billing, fields: {order: "4711"}}
              sent: [{template: received, to: ana@acme.example, subject: {has: "4711"}}]
              fired: [route]
          - name: two
            eml: fixtures/ooo-outlook.eml
            expect: {ticket: {queue: support}, sent: none}
          - name: three
            steps:
              - mail: {from: ana@acme.example, to: support@example.com, subject: Help}
              - agent: {by: nina, body: "Which version?", commands: ["#pending 14d"]}
              - refusing: ana@acme.example
              - wait: 3d
                expect: {ticket: {state: closed}}
        """,
        desk(),
        {"fixtures/ooo-outlook.eml": b"From: x@y.example\n\nx"},
    )
    assert first.given.now == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert isinstance(first.steps[0].what, Letter)
    assert first.mark.line == 4
    assert isinstance(second.steps[0].what, Letter)
    assert second.steps[0].what.eml == b"From: x@y.example\n\nx"
    assert second.steps[0].expect is not None
    assert second.steps[0].expect.sent == ()
    kinds = [type(step.what) for step in third.steps]
    assert kinds == [Letter, AgentsLetter, Refusing, Wait]
    assert third.steps[3].what == Wait(timedelta(days=3))


def test_a_test_adds_to_what_its_file_gives() -> None:
    text = """
    given: {now: "2026-03-02T09:30", config: {out.delay: 0s}}
    tests:
      - {name: a, given: {config: {site.trust_unverified: true}}, mail: {}, expect: {sent: none}}
    """
    [test] = read(text, desk())
    assert [each.key for each in test.given.config] == ["out.delay", "site.trust_unverified"]
    assert test.given.now == datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001  the site's clock is not known here


WRONG = [
    ("tests: [{name: a, ⟦mial⟧: {}}]", "MG003", 'did you mean "mail"?'),
    ("⟦test⟧: []\ntests: []", "MG003", 'did you mean "tests"?'),
    ("⟦given⟧: {}", "MG007", "the file has no tests"),
    ("tests: ⟦7⟧", "MG007", "a list"),
    ("tests: [⟦x⟧]", "MG007", "a test is a mapping"),
    ("tests: [⟦{mail: {}}⟧]", "MG007", "no name"),
    ("tests: [⟦{name: a}⟧]", "MG007", "nothing happens"),
    ("tests: [{name: a, mail: {}}, {name: ⟦a⟧, mail: {}}]", "MG002", "the first is in line 1"),
    ("tests: [{name: a, steps: [⟦{mail: {}, wait: 1d}⟧]}]", "MG007", "one step is one of mail, wait"),
    ("tests: [{name: a, ⟦agent⟧: {by: nina}, expect: {sent: none}}]", "MG007", 'put "- agent: ..." below it'),
    ("tests: [{name: a, mail: {}, expect: {told: ⟦nin⟧}}]", "MG104", 'did you mean "nina"?'),
    ("tests: [{name: a, mail: {}, expect: {called: ⟦erp⟧}}]", "MG140", "no webhook or program"),
    ("tests: [{name: a, mail: {}, expect: {ticket: {watchers: [kim, ⟦nin⟧]}}}]", "MG102", 'did you mean "nina"?'),
    ("tests: [{name: a, ⟦mail⟧: {}, steps: [{wait: 1d}]}]", "MG007", "steps"),
    ("tests: [{name: a, steps: ⟦[]⟧}]", "MG007", "list of steps"),
    ("tests: [{name: a, steps: [{wait: ⟦3 days⟧}]}]", "MG004", "is not a duration"),
    ("given: {now: ⟦soon⟧}\ntests: [{name: a, mail: {}}]", "MG004", "is not a time"),
    ("given: {now: ⟦'9999-01-01'⟧}\ntests: [{name: a, mail: {}}]", "MG004", "is not a time"),
    ("tests: [{name: a, mail: {attachments: ⟦{size: 999GB}⟧}}]", "MG008", "at most"),
    ("given: {config: {⟦delay⟧: 0s}}\ntests: [{name: a, mail: {}}]", "MG004", "with its section"),
    ("tests: [{name: a, eml: ⟦nowhere.eml⟧}]", "MG004", "there is no such file"),
    ("tests: [{name: a, mail: {⟦fro⟧: x}}]", "MG003", 'did you mean "from"?'),
    ("tests: [{name: a, mail: {answers: ⟦recieved⟧}}]", "MG104", 'did you mean "received"?'),
    ("tests: [{name: a, mail: {auth: ⟦maybe⟧}}]", "MG004", "pass"),
    ("tests: [{name: a, mail: {attachments: ⟦{size: big}⟧}}]", "MG004", "is not a size"),
    ("tests: [{name: a, mail: {headers: {⟦'X Y'⟧: z}}}]", "MG004", "no name of a header field"),
    ("tests: [{name: a, steps: [{agent: {by: ⟦nin⟧}}]}]", "MG102", 'did you mean "nina"?'),
    ("tests: [{name: a, mail: {}, expect: ⟦{}⟧}]", "MG007", "nothing is expected"),
    ("tests: [{name: a, mail: {}, expect: {⟦tikcet⟧: {}, sent: none}}]", "MG003", 'did you mean "ticket"?'),
    ("tests: [{name: a, mail: {}, expect: {ticket: {queue: ⟦suport⟧}}}]", "MG101", 'did you mean "support"?'),
    ("tests: [{name: a, mail: {}, expect: {ticket: {state: ⟦opne⟧}}}]", "MG004", 'did you mean "open"?'),
    ("tests: [{name: a, mail: {}, expect: {ticket: {priority: ⟦hihg⟧}}}]", "MG004", 'did you mean "high"?'),
    ("tests: [{name: a, mail: {}, expect: {ticket: {⟦colour⟧: red}}}]", "MG003", "queue"),
    ("tests: [{name: a, mail: {}, expect: {ticket: {subject: '⟦/a⟧'}}}]", "MG006", "not closed"),
    ("tests: [{name: a, mail: {}, expect: {sent: ⟦recieved⟧}}]", "MG104", 'did you mean "received"?'),
    ("tests: [{name: a, mail: {}, expect: {sent: {⟦agent⟧: nina}}}]", "MG003", "template"),
    ("tests: [{name: a, mail: {}, expect: {told: {agent: ⟦nin⟧}}}]", "MG102", 'did you mean "nina"?'),
    ("tests: [{name: a, mail: {}, expect: {sent: ⟦[]⟧}}]", "MG007", "write sent: none"),
    ("tests: [{name: a, mail: {}, expect: {fired: ⟦rout⟧}}]", "MG110", 'did you mean "route"?'),
    ("tests: [{name: a, mail: {}, expect: {fired: {route: ⟦3⟧}}}]", "MG004", "it has 2 cases"),
    ("tests: [{name: a, mail: {}, expect: {not_fired: ⟦rout⟧}}]", "MG110", 'did you mean "route"?'),
    ("tests: [{name: a, mail: {}, expect: {outcome: ⟦artcle⟧}}]", "MG004", 'did you mean "article"?'),
    ("tests: [{name: a, mail: {}, expect: {exactly: ⟦yes⟧, sent: none}}]", "MG007", "true or false"),
]


@pytest.mark.parametrize(("text", "code", "words"), WRONG)
def test_a_mistake_is_told_at_its_place_with_the_mend(text: str, code: str, words: str) -> None:
    before, _, behind = text.partition("⟦")
    marked, _, behind = behind.partition("⟧")
    _, (problem,), sources = reading(before + marked + behind, desk())
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert (problem.code, problem.path) == (code, "a.test.yaml")
    quotes = marked.startswith(("'", '"'))
    assert (problem.line, problem.column) in ((line, column), (line, column - 1 + quotes))
    assert words in report([problem], sources)


def test_all_mistakes_are_told_at_once() -> None:
    text = "tests:\n  - {name: a, mial: {}}\n  - {name: b, mail: {fro: x}, expect: {fired: rout}}\n"
    _, problems, _ = reading(text, desk())
    assert [(each.line, each.code) for each in problems] == [(2, "MG003"), (3, "MG003"), (3, "MG110")]


@pytest.mark.parametrize("text", ["tests:\n\t- x", "tests: [", "\x00", "a: &x 1\nb: *x\n", "", "tests:\n"])
def test_any_file_gives_tests_or_problems(text: str) -> None:
    scenarios, _, _ = reading(text, desk())
    assert scenarios == ()


def test_what_stands_in_a_header_is_one_line() -> None:
    fold = '"a\\nb@c.example"'
    text = f"tests: [{{name: a, mail: {{to: {fold}, subject: {fold}, attachments: {fold}, headers: {{X-A: {fold}}}}}}}]"
    [test] = read(text, desk())
    letter = test.steps[0].what
    assert isinstance(letter, Letter)
    said = (*letter.to, letter.subject, letter.enclosures[0].name, letter.headers[0][1])
    assert said == ("a b@c.example",) * 4


def test_every_mistake_of_a_test_is_told_at_once() -> None:
    text = """
    tests:
      - name: a
        mial: {}
        expect: {ticket: {qeue: support}, sent: recieved}
      - name: a
        steps:
          - {mail: {form: x}, wait: 3 days}
    """
    _, problems, _ = reading(text, desk())
    assert [(each.line, each.code) for each in problems] == [
        (4, "MG003"),
        (5, "MG003"),
        (5, "MG104"),
        (6, "MG002"),
        (8, "MG007"),
        (8, "MG003"),
        (8, "MG004"),
    ]
