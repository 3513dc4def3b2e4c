"""A rule that did not run is told of only where it had the time to."""

from mailgate.rules.ran import Ran, never_ran
from tests.rules.desk import rules

TEXT = """
rules:
  - {name: vip, when: ticket.created, do: [{tag: x}]}
  - {name: vip-night, when: ticket.created, do: [{tag: y}]}
  - {name: new, when: ticket.created, do: [{tag: z}]}
  - {name: off, enabled: false, when: ticket.created, do: [{tag: z}]}
"""
BEFORE = TEXT.replace("name: new", "name: newer")


def test_what_stood_there_before_and_matched_nothing_is_told() -> None:
    ran = {"vip": Ran(matched=3), "vip-night": Ran(errors=2)}
    found = list(never_ran(rules(TEXT), ran, "rules", BEFORE))
    assert [(each.code, each.severity, each.line) for each in found] == [("MG401", "info", 4)]


def test_a_desk_that_is_younger_is_told_nothing() -> None:
    assert list(never_ran(rules(TEXT), {}, "rules", "")) == []
