"""A `#` that YAML took for a comment, and that was meant."""

import pytest

from tests.rules.desk import codes, problems


def of_rule(lines: str) -> list[str]:
    return codes(problems(f"rules:\n  - name: r\n    when: ticket.created\n    do: [{{tag: a}}]\n{lines}\n"))


@pytest.mark.parametrize(
    "lines",
    [
        "    if:\n      subject: order #5",
        "    if:\n      body.new:\n        - order #a",
        "    if:\n      header.X-Order: order #5",
        "    if:\n      subject: {starts: order #5\n      }",
        "    note: see #5",
        "    if:\n      subject: two lines of\n        order #5",
    ],
)
def test_words_that_end_before_a_hash_are_a_warning(lines: str) -> None:
    assert of_rule(lines) == ["MG208"]


@pytest.mark.parametrize(
    "lines",
    [
        "    if:\n      subject: order  # of last year",
        "    if:\n      subject: 'order #5'",
        "    if:\n      subject: 'order' #5",
        "    if:\n      subject: order#5",
        "    if:\n      from: acme.example #ours",
        "    if:\n      queue: billing #ours",
        "    if:\n      age: over 2d #days",
        "    enabled: true #for now",
        "    note: see ##",
    ],
)
def test_a_comment_is_none(lines: str) -> None:
    assert of_rule(lines) == []


def test_the_warning_stands_at_the_hash_and_says_how_it_is_written() -> None:
    (found,) = problems("rules:\n  - name: r\n    when: ticket.created\n    note: it's #5\n    do: [{tag: a}]\n")
    assert (found.line, found.column, found.width) == (4, 16, 2)
    assert "write 'it''s #5'" in found.mend


@pytest.mark.parametrize("text", ["rules: [{note: order #5}]", "rules: [\n  {note: order #5},\n  {note: x}]"])
def test_a_bracket_that_a_comment_swallows_says_so(text: str) -> None:
    (found,) = problems(text)
    assert (found.code, "begins a comment" in found.mend) == ("MG001", True)


def test_a_value_that_is_nothing_but_a_comment_says_so() -> None:
    found = problems("rules:\n  - name: r\n    when: ticket.created\n    if:\n      subject: #5\n    do: [{tag: a}]\n")
    assert [(each.code, each.column) for each in found] == [("MG007", 16)]
    assert "write '#5'" in found[0].mend
