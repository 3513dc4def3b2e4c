"""Which rules an index passed over is found again by the trace alone (and for random ones in test_random_rules.py)."""

from dataclasses import replace

from mailgate.rules.evaluate import evaluate
from mailgate.rules.index import WORTH_IT
from mailgate.rules.passed_over import not_in_trace, passed_over
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.trace import Trace, Unmet
from tests.rules.desk import rule_set, situation

RULE = "  - {{name: {}, when: ticket.created, if: {{from: {}}}, do: [{}]}}\n"
OTHERS = "".join(RULE.format(f"o{n}", f"nobody{n}.example", "{tag: o}") for n in range(WORTH_IT))
HIT = "acme.example"


def traced(**files: str) -> tuple[Ruleset, Trace]:
    found = rule_set(**{name: f"rules:\n{text}" for name, text in files.items()})
    return found, evaluate(found, situation()).trace


def names(rows: tuple[tuple[object, ...], ...]) -> list[list[str]]:
    return [[rule.name for rule in rules] for rules in rows]  # type: ignore[attr-defined]


def test_each_row_has_its_rules_in_their_order() -> None:
    first = RULE.format("a", HIT, "{tag: a}") + RULE.format("x", "x.example", "{tag: x}")
    last = RULE.format("b", HIT, "{tag: b}") + RULE.format("y", "y.example", "{tag: y}")
    ruleset, trace = traced(a=first, b=OTHERS, c=last)
    assert names(passed_over(ruleset, trace, frozenset())) == [
        ["x", *(f"o{n}" for n in range(WORTH_IT))],
        ["y"],
    ]
    merged = replace(trace, unmet=(Unmet(1, WORTH_IT + 2, ("from",)),))  # the last row has the rest
    [row] = passed_over(ruleset, merged, frozenset())
    assert len(row) == WORTH_IT + 2


def test_what_a_stop_left_out_or_ran_before_was_not_passed_over() -> None:
    stops = RULE.format("a", HIT, "{stop: file}") + RULE.format("x", "x.example", "{tag: x}")
    ruleset, trace = traced(a=stops, b=OTHERS)
    assert len(passed_over(ruleset, trace, frozenset())[0]) == WORTH_IT
    assert "x" not in names(passed_over(ruleset, trace, frozenset()))[0]
    assert names(passed_over(ruleset, trace, {"o0"}))[0][0] == "o1"


def test_of_a_trace_that_was_cut_all_that_is_missing_is_told() -> None:
    ruleset, trace = traced(a=RULE.format("a", HIT, "{tag: a}"), b=OTHERS)
    assert len(list(not_in_trace(ruleset, replace(trace, steps=()), {"o0"}))) == WORTH_IT
