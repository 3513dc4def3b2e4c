"""Coverage counts rules and cases, and names what never ran."""

from mailgate.decision.coverage import coverage
from tests.support.desk import make_rules

RULES = make_rules(
    """
    rules:
      - {name: a, when: ticket.created, do: [{tag: a}]}
      - name: b
        when: ticket.created
        first:
          - {if: {subject: x}, do: [{tag: x}]}
          - {else: true, do: [{tag: y}]}
      - {name: off, enabled: false, when: ticket.created, do: [{tag: z}]}
      - name: c
        when: note.added
        first:
          - {if: {subject: x}, do: [{tag: x}]}
          - {else: true, do: [{tag: y}]}
    """
)


def test_a_rule_that_never_ran_is_named_once_and_a_case_by_its_number() -> None:
    found = coverage(RULES, [("a", 0), ("b", 2), ("b", 2)])
    assert (found.rules, found.rules_run, found.cases, found.cases_run) == (3, 2, 4, 1)
    assert found.never == ("b case 1", "c")
    assert [(each.rule.name, each.case, each.mark.line) for each in found.never_run] == [("b", 1, 7), ("c", 0, 10)]
    assert found.told == "coverage: 2 of 3 rules, 1 of 4 cases; never run: b case 1, c"


def test_where_all_ran_nothing_is_named() -> None:
    everything = [("a", 0), ("b", 1), ("b", 2), ("c", 1), ("c", 2)]
    assert coverage(RULES, everything).told == "coverage: 3 of 3 rules, 4 of 4 cases"
