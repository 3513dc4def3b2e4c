"""What is called unreachable never runs, and what may run is never called so."""

import pytest

from mailgate.rules import unreachable as unreachable_module
from mailgate.rules.conditions import Condition
from mailgate.rules.implies import Budget, implies
from tests.rules.desk import codes, problems, set_problems

ENDS = "{name: a, when: ticket.created, if: %s, do: [stop]}"
LATER = "{name: b, when: ticket.created, if: %s, do: [{tag: x}]}"


def unreachable(first: str, second: str) -> bool:
    found = problems(f"rules: [{ENDS % first}, {LATER % second}]")
    assert all(problem.severity != "error" for problem in found), found
    return "MG201" in codes(found)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{from: acme.example}", "{from: ana@acme.example}"),
        ("{from: .acme.example}", "{from: mail.acme.example}"),
        ("{from: .acme.example}", "{from: [ana@acme.example, omar@eu.acme.example]}"),
        ("{from: '*@acme.example'}", "{from: ana@acme.example}"),
        ("{subject: urgent}", "{subject: very urgent indeed}"),
        ("{subject: '*urgent*'}", "{subject: urgent}"),
        ("{subject: [urgent, please]}", "{subject: please, from: a@b}"),
        ("{subject: {starts: 're:'}}", "{subject: {starts: 're: invoice'}}"),
        ("{subject: '/x\\d/'}", "{subject: '/x\\d/', size: over 1MB}"),
        ("{state: [new, open]}", "{state: open}"),
        ("{not: {state: closed}}", "{state: open}"),
        ("{priority: at least high}", "{priority: urgent}"),
        ("{not: {queue: billing}}", "{queue: sales}"),
        ("{is_auto: false}", "{not: {is_auto: true}}"),
        ("{size: over 1MB}", "{size: over 2MB}"),
        ("{size: over 1MB}", "{size: between 2MB and 3MB}"),
        ("{field.price: over 100}", "{field.price: over 200}"),
        ("{any: [{from: a@b.example}, {subject: x}]}", "{subject: x}"),
        ("{any: [{from: a@b.example}, {subject: x}]}", "{any: [{subject: x y}, {from: a@b.example, cc: c@d.example}]}"),
        ("{from: a@b.example, subject: x}", "{all: [{subject: x y}, {to: q@b.example}, {from: a@b.example}]}"),
        ("{tag: {exists: true}}", "{tag: vip}"),
        ("{to: billing@}", "{to: billing@, from: a@b.example}"),
    ],
)
def test_what_an_earlier_rule_takes_whole_is_unreachable(first: str, second: str) -> None:
    assert unreachable(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{from: ana@acme.example}", "{from: acme.example}"),
        ("{from: acme.example}", "{from: mail.acme.example}"),
        ("{subject: urgent}", "{subject: urgently}"),
        ("{subject: '*urgent'}", "{subject: urgent}"),
        ("{to: billing@}", "{to: billing@acme.example}"),
        ("{not: {to: a@b.example}}", "{to: c@d.example}"),
        ("{state: open}", "{state: [open, pending]}"),
        ("{size: over 2MB}", "{size: at least 2MB}"),
        ("{field.price: [over 100, soon]}", "{field.price: soon}"),
        ("{all: [{subject: x}, {from: a@b.example}]}", "{subject: x}"),
        ("{subject: '/x/'}", "{subject: x}"),
        ("{subject: {exists: true}}", "{subject: '/x*/'}"),
    ],
)
def test_what_may_slip_through_is_not(first: str, second: str) -> None:
    assert not unreachable(first, second)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("{name: a, when: ticket.created, do: [stop]}", "{name: b, when: ticket.created, do: [{tag: x}]}", True),
        ("{name: a, when: ticket.created, do: ['stop: file']}", None, None),
        ("{name: a, when: [ticket.created, note.added], do: [stop]}", None, False),  # ran for the other, passed over
        ("{name: a, when: state.changed, do: [stop]}", "{name: b, when: state.changed, do: [{tag: x}]}", False),
        ("{name: a, when: [ticket.created, customer.replied], do: [stop]}", None, True),
        ("{name: a, when: customer.replied, do: [stop]}", None, False),
        ("{name: a, when: ticket.created, enabled: false, do: [stop]}", None, False),
        ("{name: a, when: ticket.created, do: [{note: '{{ msg.name }}'}, stop]}", None, False),  # it may fail
        ("{name: a, when: ticket.created, do: [{queue: sales}]}", None, False),
    ],
)
def test_only_what_is_sure_to_end_the_run_counts(first: str, second: str | None, told: bool | None) -> None:
    second = second or "{name: b, when: ticket.created, do: [{tag: x}]}"
    found = problems(f"rules: [{first}, {second}]".replace("['stop: file']", "[{stop: file}]"))
    assert ("MG201" in codes(found)) is (told is not False)


def test_a_change_between_the_two_may_open_the_way() -> None:
    between = "{name: m, when: ticket.created, if: {from: x@y.example}, do: [{%s}]}"
    for action, told in (("state: open", False), ("priority: high", True), ("tag: x", True)):
        rules = (ENDS % "{state: open}", between % action, LATER % "{state: open}")
        assert ("MG201" in codes(problems(f"rules: [{', '.join(rules)}]"))) is told


def test_stop_of_a_file_ends_that_file_only() -> None:
    stop = "{name: %s, when: ticket.created, do: [{stop: file}]}"
    found = set_problems(a=f"rules: [{stop % 'a1'}, {LATER % '{from: a@b.example}'}]", b=f"rules: [{stop % 'b1'}]")
    assert [(problem.code, problem.path) for problem in found] == [("MG201", "rules/a.yaml")]


def test_rules_of_a_queue_come_behind_those_for_all() -> None:
    found = set_problems(
        a=f"rules: [{ENDS % '{from: a.example}'}]", queues__billing=f"rules: [{LATER % '{from: x@a.example}'}]"
    )
    assert codes(found) == ["MG201"]
    first = f"rules: [{ENDS % '{from: a.example}'}]"
    second = f"rules: [{LATER % '{from: x@a.example}'}]"
    assert codes(set_problems(queues__billing=first, queues__sales=second)) == []


def test_refusals_are_compared_with_what_runs_at_rcpt() -> None:
    gate = "{name: %s, when: message.received, if: %s, do: [%s]}"
    for first, told in (("stop", True), ("reject: No", True), ("drop: x", False)):
        rules = (
            gate % ("a", "{smtp.sender: a.example}", first),
            gate % ("b", "{smtp.sender: x@a.example}", "reject: No"),
        )
        text = f"rules: [{', '.join(rules)}]".replace("reject: No", "{reject: No}").replace("drop: x", "{drop: x}")
        assert ("MG201" in codes(problems(text))) is told


def test_a_case_behind_one_that_takes_more_never_wins() -> None:
    found = problems(
        """
        rules:
          - name: r
            when: state.changed
            first:
              - {if: {customer.email: acme.example}, do: [{tag: a}]}
              - {if: {customer.email: ana@acme.example}, do: [{tag: b}]}
              - {else: true, do: [{tag: c}]}
          - name: s
            when: ticket.created
            if: {is_auto: false}
            first:
              - {if: {is_auto: false}, do: [{tag: a}]}
              - {else: true, do: [{tag: c}]}
        """
    )
    assert [(problem.code, problem.line) for problem in found] == [("MG201", 7), ("MG201", 14)]


def test_a_thousand_rules_of_one_kind_are_not_compared_in_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[Condition] = []

    def counted(narrow: Condition, wide: Condition, budget: Budget) -> bool:
        compared.append(narrow)
        return implies(narrow, wide, budget)

    monkeypatch.setattr(unreachable_module, "implies", counted)
    rules = "\n".join(f"- {{name: r{n}, when: ticket.created, if: {{to: q{n}@}}, do: [stop]}}" for n in range(1000))
    again = "- {name: again, when: ticket.created, if: {to: q500@}, do: [{tag: x}]}"
    assert codes(problems(f"rules:\n{rules}\n{again}")) == ["MG201"]
    assert len(compared) == 1


def test_rules_that_have_to_be_compared_in_pairs_are_compared_for_a_while_only() -> None:
    parts = ", ".join(f"{{size: over {{n}}{each}MB, subject: a{each}}}" for each in range(5))
    rules = "\n".join(
        f"- {{name: r{n}, when: ticket.created, if: {{any: [{parts.replace('{n}', str(n))}]}}, do: [stop]}}"
        for n in range(500, 0, -1)
    )
    assert problems(f"rules:\n{rules}") == ()


def test_many_warnings_never_refuse_a_set() -> None:
    rules = "\n".join(
        f"- {{name: r{n}, when: ticket.created, first: [{{if: {{subject: x{n}}}, do: [{{tag: x}}]}}]}}"
        for n in range(300)
    )
    found = problems(f"rules:\n{rules}")
    assert {(problem.code, problem.severity) for problem in found} == {("MG206", "warning")}
    assert len(found) == 200
