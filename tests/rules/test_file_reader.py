"""Files that include each other, macros, defaults, and the rules of one queue."""

import pytest

from mailgate.rules.actions import AddTags, Notify, SetPriority
from mailgate.rules.evaluate import evaluate
from mailgate.rules.order import queue_order
from tests.rules.desk import codes, left, rule_set, rules, set_problems, situation

RULE = "rules: [{{name: {0}, when: ticket.created, do: [{{tag: {0}}}]}}]"
MACROS = """
    macros:
      is-vip: {any: [{from: acme.example}, {tag: vip}]}
      page-the-lead: [{notify: {role: lead, template: agent_new}}, {priority: urgent}]
    """


def test_a_macro_stands_for_what_is_written_in_it() -> None:
    ruleset = rules(
        f"""{MACROS}
    rules:
      - name: r
        when: ticket.created
        if: {{use: is-vip, subject: invoice}}
        do: [{{tag: a}}, {{use: page-the-lead}}, {{tag: b}}]
        """
    )
    evaluation = evaluate(ruleset, situation())
    assert [fired.action for fired in evaluation.fired] == [
        AddTags(("a",)),
        Notify("agent_new", role="lead"),
        SetPriority("urgent"),
        AddTags(("b",)),
    ]
    assert [fired.index for fired in evaluation.fired] == [0, 1, 2, 3]
    assert len({fired.line for fired in evaluation.fired}) == 1  # the line of the rule, not of the macro
    assert not evaluate(ruleset, situation(authors="a@b.example")).fired


def test_a_macro_may_be_negated_and_use_macros() -> None:
    ruleset = rules(
        """
        macros:
          is-known: {use: is-ours}
          is-ours: {from: acme.example}
          tell: [{use: mark}, {use: mark}]
          mark: [{tag: marked}]
        rules:
          - {name: r, when: ticket.created, if: {not: {use: is-known}}, do: [{use: tell}]}
        """
    )
    assert not evaluate(ruleset, situation()).fired
    assert len(evaluate(ruleset, situation(authors="a@b.example")).fired) == 2


def test_captures_of_a_macro_are_known_where_it_is_used() -> None:
    ruleset = rules(
        r"""
        macros:
          order: {subject: '/#(?P<order>\d+)/'}
          keep: [{set: {order: "{{ m.order }}"}}]
        rules: [{name: r, when: ticket.created, if: {use: order}, do: [{use: keep}]}]
        """
    )
    assert left(evaluate(ruleset, situation())).field("order") == "4711"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("rules: [{name: r, when: ticket.created, if: {use: is-vp}, do: [stop]}]", "MG106", 'did you mean "is-vip"?'),
        ("rules: [{name: r, when: ticket.created, if: {use: page-the-lead}, do: [stop]}]", "MG007", "use it in do:"),
        ("rules: [{name: r, when: ticket.created, if: {tag: x}, do: [{use: is-vip}]}]", "MG007", "use it in if:"),
    ],
)
def test_a_wrong_use_of_a_macro_is_told(text: str, code: str, said: str) -> None:
    found = [each for each in set_problems(a=MACROS + "\n    " + text) if each.code != "MG207"]
    assert [problem.code for problem in found] == [code]
    assert said in f"{found[0].message}; {found[0].mend}"


def test_a_macro_cannot_use_itself() -> None:
    text = """
    macros: {a: {use: b}, b: {not: {use: a}}, c: [{use: c}]}
    rules: [{name: r, when: ticket.created, if: {use: a}, do: [{use: c}]}]
    """
    found = set_problems(a=text)
    assert codes(found) == ["MG106", "MG106"]
    assert "a -> b -> a" in found[0].message + found[1].message


def test_a_bomb_of_macros_is_refused() -> None:
    macros = "".join(f"  m{n}: {{all: [{', '.join([f'{{use: m{n + 1}}}'] * 20)}]}}\n" for n in range(30))
    text = (
        f"macros:\n{macros}  m30: {{tag: x}}\nrules: [{{name: r, when: ticket.created, if: {{use: m0}}, do: [stop]}}]"
    )
    assert "MG008" in codes(set_problems(a=text))
    actions = "".join(f"  m{n}: [{', '.join([f'{{use: m{n + 1}}}'] * 40)}]\n" for n in range(5))
    text = f"macros:\n{actions}  m5: [{{tag: x}}]\nrules: [{{name: r, when: ticket.created, do: [{{use: m0}}]}}]"
    assert "MG008" in codes(set_problems(a=text))


def test_a_mistake_in_a_macro_is_told_once_at_its_place() -> None:
    text = """
    macros: {a: {stat: open}}
    rules:
      - {name: r, when: ticket.created, if: {use: a}, do: [stop]}
      - {name: s, when: ticket.created, if: {use: a}, do: [stop]}
    """
    (problem,) = set_problems(a=text)
    assert (problem.code, problem.line) == ("MG003", 2)


def test_a_macro_of_a_ticket_is_an_error_where_there_is_none() -> None:
    text = """
    macros: {a: {state: open}}
    rules: [{name: r, when: message.received, if: {use: a}, do: [stop]}]
    """
    (problem,) = set_problems(a=text)
    assert (problem.code, problem.line) == ("MG120", 3)  # the macro is right, the rule that uses it is not
    assert problem.message.startswith('in the macro "a": the condition "state" does not exist at message.received')


def test_an_included_file_gives_its_rules_and_macros() -> None:
    ruleset = rule_set(
        **{
            "10": "include: [shared/*.yaml]\nrules: [{name: b, when: ticket.created, if: {use: m}, do: [{tag: b}]}]",
            "20": RULE.format("c"),
            "shared__x": "macros: {m: {from: acme.example}}\n" + RULE.format("a"),
        }
    )
    assert [(rule.name, rule.file) for rule in ruleset.rules] == [
        ("a", "shared/x.yaml"),
        ("b", "10.yaml"),
        ("c", "20.yaml"),
    ]
    assert [fired.rule for fired in evaluate(ruleset, situation()).fired] == ["a", "b", "c"]


def test_many_files_may_include_macros() -> None:
    more = "include: shared/m.yaml\nrules: [{{name: {0}, when: ticket.created, if: {{use: m}}, do: [{{tag: y}}]}}]"
    assert set_problems(a=more.format("a"), b=more.format("b"), shared__m="macros: {m: {tag: x}}") == ()


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        (
            {"a": "include: [shared/b.yaml]\nrules: []", "shared__c": "macros: {}"},
            "MG004",
            'did you mean "shared/c.yaml"?',
        ),
        ({"a": "include: [../x.yaml]\nrules: []"}, "MG004", "leaves the directory"),
        ({"a": "include: [/etc/x.yaml]\nrules: []"}, "MG004", "leaves the directory"),
        ({"a": "include: [a.yaml]\nrules: []"}, "MG004", "include each other: a.yaml -> a.yaml"),
        (
            {"a": "include: [s/b.yaml]", "s__b": "include: [c.yaml]", "s__c": "include: b.yaml"},
            "MG004",
            "s/c.yaml -> s/b",
        ),
        ({"a": "include: b.yaml", "b": RULE.format("b")}, "MG002", "read twice"),
        ({"a": "include: {}"}, "MG007", "a mapping"),
        ({"a": "macros: []"}, "MG007", "a list"),
        ({"a": "macros: {'a b': {tag: x}}"}, "MG004", "the name of a macro"),
        ({"a": "macros: {a: x}"}, "MG007", "a condition or a list of actions"),
        ({"a": "include: s/b.yaml\nmacros: {m: {tag: x}}", "s__b": "macros: {m: {tag: y}}"}, "MG002", "second macro"),
        ({"a": "defaults: x"}, "MG007", "defaults"),
        ({"a": "defaults: {tag: x}"}, "MG003", 'did you mean "tags"?'),
        ({"a": "defaults: {tags: a b}"}, "MG004", "cannot be a tag"),
        ({"a": "macro: {}"}, "MG003", 'did you mean "macros"?'),
        ({"queues__biling": RULE.format("a")}, "MG101", 'did you mean "billing"?'),
        ({"queues__billing": "rules: [{name: a, when: message.received, do: [stop]}]"}, "MG120", "outside queues/"),
    ],
)
def test_a_wrong_file_is_one_error_with_its_mend(files: dict[str, str], code: str, said: str) -> None:
    found = [each for each in set_problems(**files) if each.severity == "error"]
    assert [problem.code for problem in found] == [code]
    assert said in f"{found[0].message}; {found[0].mend}"


def test_who_names_a_broken_file_is_not_wrong_too() -> None:
    use = "include: s/m.yaml\nrules: [{name: r, when: ticket.created, if: {use: m, from: {list: l}}, do: [{use: n}]}]"
    found = set_problems(a=use, s__m="macros: [", lists__l="a\x00b")
    assert [(problem.path, problem.code) for problem in found] == [
        ("rules/lists/l.txt", "MG001"),
        ("rules/s/m.yaml", "MG001"),
    ]


def test_endless_includes_are_refused() -> None:
    chain = {f"s__f{n}": f"include: f{n + 1}.yaml" for n in range(40)} | {"s__f40": "macros: {m: {tag: x}}"}
    assert "MG008" in codes(set_problems(a="include: s/f0.yaml", **chain))
    bomb = {f"s__f{n}": f"include: [{', '.join([f'f{n + 1}.yaml'] * 20)}]" for n in range(6)}
    assert "MG008" in codes(set_problems(a="include: s/f0.yaml", s__f6="macros: {m: {tag: x}}", **bomb))


def test_what_nothing_reads_is_a_warning() -> None:
    found = set_problems(a="macros: {m: {tag: x}}\nrules: []", shared__b=RULE.format("b"), tests__c="rules: []")
    assert [(problem.code, problem.severity, problem.path) for problem in found] == [
        ("MG207", "warning", "rules/a.yaml"),
        ("MG207", "warning", "rules/shared/b.yaml"),
        ("MG207", "warning", "rules/tests/c.yaml"),
    ]


def test_defaults_hold_for_each_rule_of_the_file() -> None:
    ruleset = rules(
        """
        defaults: {tags: [by-rule, x], when: [ticket.created, customer.replied], enabled: false}
        rules:
          - {name: a, do: [{priority: high}]}
          - {name: b, when: ticket.created, enabled: true, do: [{priority: high}]}
          - {name: c, enabled: true, first: [{if: {tag: x}, do: [{tag: y}]}, {else: true, do: [stop]}]}
          - {name: d, when: message.received, enabled: true, do: [stop]}
        """
    )
    assert [(rule.events, rule.enabled) for rule in ruleset.rules] == [
        (("ticket.created", "customer.replied"), False),
        (("ticket.created",), True),
        (("ticket.created", "customer.replied"), True),
        (("message.received",), True),
    ]
    evaluation = evaluate(ruleset, situation())
    assert [fired.action for fired in evaluation.fired] == [
        AddTags(("by-rule", "x")),
        SetPriority("high"),
        AddTags(("by-rule", "x")),
        AddTags(("y",)),
    ]
    assert [fired.index for fired in evaluation.fired] == [0, 1, 0, 1]


def test_rules_of_a_queue_run_last_and_only_for_its_tickets() -> None:
    ruleset = rule_set(
        **{
            "10": "rules: [{name: move, when: ticket.created, if: {subject: invoice}, do: [{queue: billing}]}]",
            "queues__billing": RULE.format("of-billing"),
            "queues__support": RULE.format("of-support"),
            "zz": RULE.format("last"),
        }
    )
    moved = evaluate(ruleset, situation())
    assert [fired.rule for fired in moved.fired] == ["move", "last", "of-billing"]
    assert moved.trace.skipped == 1
    stayed = evaluate(ruleset, situation(subject="x"))
    assert [fired.rule for fired in stayed.fired] == ["last", "of-support"]
    assert [(each.place, each.name, each.file, each.line, each.queue) for each in queue_order(ruleset)] == [
        (1, "move", "10.yaml", 1, None),
        (2, "last", "zz.yaml", 1, None),
        (3, "of-billing", "queues/billing.yaml", 1, "billing"),
        (4, "of-support", "queues/support.yaml", 1, "support"),
    ]


def test_stop_in_a_general_rule_keeps_the_queues_rules_out() -> None:
    ruleset = rule_set(
        a="rules: [{name: a, when: ticket.created, do: [stop]}]", queues__support=RULE.format("of-support")
    )
    assert evaluate(ruleset, situation()).fired == ()
