"""What a file that is no YAML was meant to be: each mistake with its place and a mend that mends it."""

import pytest

from tests.rules.desk import problems

HEAD = "rules:\n  - name: r\n    when: ticket.created\n"


@pytest.mark.parametrize(
    ("text", "place", "message", "mend"),
    [
        ("rules\n  - name: r\n", (1, 1), "a key without a colon", "write rules:"),
        ("rules:\n  - name\n    when: x\n", (2, 5), "a key without a colon", "write name:"),
        ("rules:\n  - name:r\n    when: x\n", (2, 5), "no blank behind the colon", "write name: r"),
        (f"{HEAD}    do: - tag: x\n", (4, 9), "a list cannot begin behind a key", "a line of its own"),
        (f"{HEAD}    do: [{{tag: x}}\n\n", (4, 9), "the bracket that opens here", "close it"),
        (f"{HEAD}    do: [\n", (4, 9), "the bracket that opens here", "close it"),
        (f"{HEAD}    do: [{{tag: x\n", (4, 10), "the bracket that opens here", "close it"),
        (f"{HEAD}\tdo: [stop]\n", (4, 1), "a tab cannot indent", "spaces"),
        (f"{HEAD}     do: [stop]\n", (4, 8), "indented deeper than the one above", "same column"),
        (f"{HEAD}   do: [stop]\n", (4, 4), "the indentation does not fit", "same column"),
        (f"{HEAD}    note: it is: so\n", (4, 16), "a second colon in one line", "single quotes"),
        (f"{HEAD}    note: 'it's so'\n", (4, 15), "something stands behind a finished value", "one pair of quotes"),
        (f'{HEAD}    note: "open\n    do: [stop]\n', (4, 11), "the quote that opens here is never closed", "close it"),
        (f'{HEAD}    if: {{subject: "/\\d+/"}}\n', (4, 19), "a backslash begins an escape", "single quotes"),
        (f"{HEAD}    if: {{from: *@acme.example}}\n", (4, 16), "cannot begin with *", "'*@acme.example'"),
        (f"{HEAD}    owner: @kim\n", (4, 12), "cannot begin with @", "'@kim'"),
        (
            "rules:\n  - name: r\n    when ticket.created\n    do: [stop]\n",
            (3, 5),
            "without a colon",
            "when: ticket.created",
        ),
        ("rules:\n  - name: r\n    when:x\n    do: [stop]\n", (3, 5), "no blank behind the colon", "write when: x"),
        ("rules:\n\u00a0 - name: r\n    when: x\n", (2, 1), "no blank, though it looks like one", "type a blank"),
        (f"{HEAD}    if: {{subject: /a{{3}} #\\d/}}\n", (4, 9), "not closed", "single quotes: '/a{3} #\\d/'"),
        (f"{HEAD}    if: {{subject: 'open}}\n", (4, 19), "the quote that opens here", "close it"),
        (f"{HEAD}    do: &acts [stop]\n", (4, 9), "an anchor has no place", "macros:"),
    ],
)
def test_a_mistake_of_form_is_told_where_it_is(text: str, place: tuple[int, int], message: str, mend: str) -> None:
    (problem,) = problems(text)
    assert problem.code == "MG001"
    assert message in problem.message
    assert mend in problem.mend
    assert (problem.line, problem.column) == place
