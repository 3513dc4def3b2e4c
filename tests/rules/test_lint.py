"""Warnings: what is surely not meant, and silence in every doubt."""

import pytest

from tests.rules.desk import condition_problems, problems


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("{all: [{from: acme.example}, {from: acme.example}]}", "MG202"),
        ("{any: [{subject: a}, {subject: b}, {subject: a}]}", "MG202"),
        ("{subject: {starts: a, exists: true}, any: [{body: '/x/'}, {body: '/x/'}]}", "MG202"),
        ("{state: open, all: [{state: closed}, {from: a@b}]}", "MG203"),
        ("{all: [{state: open}, {state: closed}]}", "MG203"),
        ("{all: [{queue: [support, billing]}, {queue: sales}]}", "MG203"),
        ("{all: [{is_auto: true}, {is_auto: false}]}", "MG203"),
        ("{any: [{not: {from: a@b}}, {not: {from: c@d}}]}", "MG205"),
        ("{all: [{tag: a}, {tag: b}]}", None),
        ("{all: [{to: a@b}, {to: c@d}]}", None),
        ("{all: [{queue: [support, billing]}, {queue: billing}]}", None),
        ("{all: [{state: open}, {not: {state: closed}}]}", None),
        ("{all: [{queue: 'sup*'}, {queue: billing}]}", "MG203"),
        ("{not: {from: a@b, is_auto: true}}", None),
        ("{not: [{from: a@b}, {from: c@d}]}", None),
        ("{any: [{not: {from: a@b}}, {subject: x}]}", None),
        ("{any: [{reply_to: {exists: false}}, {cc: {exists: false}}]}", None),
        ("{not: {any: [{not: {from: a@b}}, {not: {from: c@d}}]}}", None),
    ],
)
def test_conditions_that_cannot_be_meant(condition: str, code: str | None) -> None:
    found = condition_problems(condition)
    assert [(problem.code, problem.severity) for problem in found] == ([(code, "warning")] if code else [])


def test_a_table_without_else_and_an_action_behind_stop() -> None:
    found = problems(
        """
        rules:
          - name: r
            when: ticket.created
            first:
              - if: {subject: x}
                do:
                  - stop
                  - tag: never
        """
    )
    assert [(problem.code, problem.line, problem.severity) for problem in found] == [
        ("MG206", 3, "warning"),
        ("MG201", 9, "warning"),
    ]
