"""What a new rule set changes is told by rules, not by lines."""

from mailgate.rules.difference import Difference, difference

ONE = (
    "rules:\n  - {name: a, when: ticket.created, do: [{tag: x}]}\n  - {name: b, when: ticket.created, do: [{tag: y}]}\n"
)


def test_the_same_rules_differ_in_nothing_however_they_are_written() -> None:
    other = "# a comment\n\nrules:\n  - name: a\n    when: ticket.created\n    do:\n      - tag: x\n"
    more = "  - {name: b, do: [{tag: y}], when: ticket.created}\n"
    assert difference({"10.yaml": ONE}, {"10.yaml": other + more}) == Difference((), (), ())


def test_rules_that_come_go_and_change_are_named() -> None:
    other = ONE.replace("tag: y", "tag: z").replace("name: a", "name: c")
    assert difference({"10.yaml": ONE}, {"10.yaml": other}) == Difference(("c",), ("b",), ("a",))


def test_a_rule_in_another_file_is_a_changed_one() -> None:
    assert difference({"10.yaml": ONE}, {"20.yaml": ONE}).changed == ("a", "b")


def test_lists_and_files_without_rules_hold_none() -> None:
    files = {
        "lists/vip.txt": "rules:",
        "10.yaml": "",
        "20.yaml": "macros: {}",
        "30.yaml": "rules:\n",
        "40.yaml": "\ufeff" + ONE,
    }
    assert difference({}, files).added == ("a", "b")
