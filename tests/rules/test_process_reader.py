"""A process is read whole, and every mistake in it is told with its place and mend."""

import pytest

from mailgate.problems import Problem
from mailgate.rules.ruleset import Ruleset, compiled
from tests.rules.desk import VOCABULARY

ORDER = """\
process: order
version: 1
start: ask
fields: {isbn: text, price: money, manager: address}
steps:
  ask:
    need: [isbn, manager]
    next: approve
  approve:
    approval: {by: "{{ field.manager }}", quorum: 2, remind: 1d, expires: 5d}
    granted: buy
    denied: done
    expired: {goto: done, do: [{tag: late}]}
  buy:
    checklist: [ordered, paid]
    next:
      - {if: {field.price: over 200 EUR}, goto: approve}
      - {goto: done}
  done: {end: true}
"""


def read(text: str, rules: str = "rules: []") -> tuple[Ruleset | None, tuple[Problem, ...]]:
    files = {"10.yaml": rules.encode(), "processes/order.yaml": text.encode()}
    ruleset, problems, _ = compiled(files, VOCABULARY)
    return ruleset, problems


def test_a_process_is_read_whole() -> None:
    ruleset, problems = read(ORDER, "rules:\n  - {name: a, when: ticket.created, do: [{start: order}]}\n")
    assert ruleset is not None, problems
    process = ruleset.processes.named("order")
    assert process is not None
    assert (process.version, process.start, tuple(process.steps)) == (1, "ask", ("ask", "approve", "buy", "done"))
    question = process.steps["approve"].question
    assert question is not None
    assert (question.quorum, question.remind, question.expired.step) == (2, question.remind, "done")
    assert process.steps["buy"].checklist == ("ordered", "paid")
    assert ruleset.processes.version("order", process.hash, {}) == (process, "")


@pytest.mark.parametrize(
    ("old", "new", "code", "message", "line"),
    [
        ("next: approve", "next: aprove", "MG116", 'no step "aprove"', 8),
        ("    next: approve\n", "", "MG112", "nothing leads out of this step", 7),
        (", expires: 5d", "", "MG113", "this approval never ends: it may wait for ever", 10),
        ("need: [isbn, manager]", "need: [isbn, manger]", "MG108", 'no field "manger"', 7),
        ("field.manager", "field.isbn", "MG004", 'the field "isbn" is no address', 10),
        ("field.manager", "ticket.owner", "MG122", 'no variable "ticket" here', 10),
        ("field.price: over", "field.prise: over", "MG108", 'no field "prise"', 17),
        ("tag: late", "reply: nothing", "MG104", 'no template "nothing"', 13),
        ("checklist: [ordered, paid]", "queue: nowhere", "MG101", 'no queue "nowhere"', 15),
        ("    denied: done\n", "", "MG112", "nothing is said of what comes when it is denied", 10),
        ("remind: 1d", "remind: 9d", "MG004", "the reminder would come when it is over", 10),
        ("quorum: 2", "quorum: 0", "MG004", '"0" is not a number of people', 10),
        ("start: ask", "start: aks", "MG116", 'no step "aks"', 3),
        ("process: order", "process: oder", "MG004", 'the file is named "order" and its process "oder"', 1),
        ("version: 1\n", "", "MG007", "the process has no version", 1),
        ("price: money", "price: mony", "MG004", '"mony" is not a valid value for the type of the field "price"', 4),
        (
            "  done: {end: true}",
            "  done: {end: true}\n  idle: {next: done}",
            "MG111",
            'no way leads to the step "idle"',
            20,
        ),
        ("      - {goto: done}\n", "", "MG112", "no case may fit: nothing leads on then", 17),
        ("checklist: [ordered, paid]", "chekclist: [a]", "MG003", 'the step "buy" has no key "chekclist"', 15),
    ],
)
def test_a_mistake_is_told_at_its_line(old: str, new: str, code: str, message: str, line: int) -> None:
    assert old in ORDER
    ruleset, problems = read(ORDER.replace(old, new, 1))
    assert ruleset is None
    assert (code, message, line) in [(each.code, each.message, each.line) for each in problems]


def test_a_circle_without_a_person_is_refused_and_one_with_a_person_is_not() -> None:
    circle = """\
process: order
version: 1
start: a
steps:
  a: {next: b}
  b: {next: [{if: {tag: x}, goto: a}, {goto: c}]}
  c: {end: true}
"""
    _, (problem,) = read(circle)
    assert (problem.code, problem.message) == ("MG114", "a circle without a person: a -> b -> a")
    ruleset, problems = read(circle.replace("a: {next", "a: {checklist: [x], next"))
    assert ruleset is not None, problems


def test_all_mistakes_are_told_at_once() -> None:
    _, problems = read(
        ORDER.replace("next: approve", "next: aprove").replace("over 200 EUR}, goto", "x}, goto: z, gto")
    )
    assert len(problems) > 1


def test_an_older_text_is_read_with_the_names_of_today() -> None:
    ruleset, _ = read(ORDER)
    assert ruleset is not None
    older = ORDER.replace("paid]", "paid, sent]")
    process, why = ruleset.processes.version("order", "old", {"old": older})
    assert process is not None, why
    assert len(process.steps["buy"].checklist) == 3
    gone, why = ruleset.processes.version("order", "old", {"old": older.replace("tag: late", "queue: gone")})
    assert (gone, why) == (None, 'no queue "gone"')
    assert ruleset.processes.version("order", "lost", {}) == (None, "the text of its version is not known")
