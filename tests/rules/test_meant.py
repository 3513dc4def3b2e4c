"""Who writes a rule in the words of another program is told those of this one."""

import pytest

from mailgate.rules.action_reader import VERBS
from mailgate.rules.fields import FIELDS
from mailgate.rules.meant import CASE, comparison
from mailgate.rules.meant import FIELDS as MEANT_FIELDS
from mailgate.rules.meant import VERBS as MEANT_VERBS
from tests.rules.desk import action_problems, codes, condition_problems, problems


@pytest.mark.parametrize(
    ("condition", "mend"),
    [
        ("{ticket.queue: billing}", 'did you mean "queue"?'),
        ("{sender: acme.example}", 'did you mean "from"?'),
        ("{msg.subject: x}", 'did you mean "subject"?'),
        ("{messages: more than 5}", 'did you mean "over 5"?'),
        ("{messages: '>= 5'}", 'did you mean "at least 5"?'),
        ("{priority: above normal}", 'did you mean "over normal"?'),
        ("{age: over 2 days}", 'did you mean "2d"?'),
        ("{weekday: saturday}", 'did you mean "sat"?'),
        ("{is_auto: yes}", "write true, without quotes"),
        ("{is_auto: 'false'}", "write false, without quotes"),
        ("subject = x", "if: {subject: urgent}"),
    ],
)
def test_a_condition_in_other_words(condition: str, mend: str) -> None:
    (found,) = condition_problems(condition)
    assert mend in found.mend


@pytest.mark.parametrize(
    ("action", "mend"),
    [
        ("status: open", 'did you mean "state"?'),
        ("set_priority: high", 'did you mean "priority"?'),
        ("add_tag: x", 'did you mean "tag"?'),
        ("move_to_queue: x", 'did you mean "queue"?'),
        ("discard: x", 'did you mean "drop"?'),
        ("close: {after: 4 days}", 'did you mean "4d"?'),
    ],
)
def test_an_action_in_other_words(action: str, mend: str) -> None:
    (found,) = action_problems(action)
    assert mend in found.mend


@pytest.mark.parametrize(
    ("rule", "mend"),
    [
        ("when: new ticket, do: [stop]", 'did you mean "ticket.created"?'),
        ("when: ticket.created, do: [{state: resolved}]", 'did you mean "closed"?'),
        ("when: ticket.created, do: [{priority: medium}]", 'did you mean "normal"?'),
        ("when: ticket.created, do: ['tag:x']", "write - tag: x"),
        ("when: ticket.created, do: {-tag: x}", "write - tag: x"),
        ("when: ticket.created, do: [{notify: [nina, omar]}]", "notify: {to: [nina, omar], template: agent_new}"),
        ("when: ticket.created, do: [{reply: Thank you}]", "`mailgate template new NAME`"),
        ("when: ticket.created, do: [{reply: , template: received}]", 'indent what belongs to "reply"'),
        ("when: ticket.created, if: {subject: {contains: x}}, do: [stop]", 'did you mean "has"?'),
        ("when: ticket.created, if: {from: 'a.example, b.example'}, do: [stop]", "[a.example, b.example]"),
        ("when: ticket.created, if: {from: a.example or b.example}, do: [stop]", "[a.example, b.example]"),
        ("when: ticket.created, if: {from: Ana <ana@a.example>}, do: [stop]", "the address alone: ana@a.example"),
        ("when: ticket.created, if: {lang: german}, do: [stop]", "two letters"),
        ("when: ticket.created, if: , subject: x, do: [stop]", "stands below if:"),
        ("when: ticket.created, first: [{else: , do: [stop]}]", "write else: true"),
    ],
)
def test_a_usual_mistake_is_one_error_with_its_own_mend(rule: str, mend: str) -> None:
    (found,) = problems(f"rules: [{{name: r, {rule}}}]")
    assert mend in found.mend


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Rückfrage", "rueckfrage"), ("My first rule", "my-first-rule"), ("Größe & Maß", "groesse-mass")],
)
def test_a_name_that_cannot_be_is_spelt_as_it_could_be(name: str, plain: str) -> None:
    (found,) = problems(f"rules: [{{name: {name}, when: ticket.created, do: [stop]}}]")
    assert found.mend.endswith(f"as in {plain}")


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("if: {subject: x}, tag: y", ["MG003"]),
        ("subject: x, do: [{tag: y}]", ["MG003"]),
        ("if: {all: {subjct: x}}, do: [{tag: y}]", ["MG007", "MG003"]),
        ("do: {prioirty: x}", ["MG007", "MG005"]),
        (
            "first: [{if: {subjct: x}, tag: y}, {default: true, do: [{prioirty: x}]}]",
            ["MG003", "MG003", "MG003", "MG005"],
        ),
    ],
)
def test_what_stands_at_a_wrong_place_is_told_as_that_and_read_all_the_same(rule: str, found: list[str]) -> None:
    assert codes(problems(f"rules: [{{name: r, when: ticket.created, {rule}}}]")) == found


def test_what_is_meant_is_there() -> None:
    assert set(MEANT_VERBS.values()) <= set(VERBS)
    assert set(MEANT_FIELDS.values()) <= {*FIELDS, "all", "any", "not"}
    assert set(CASE.values()) == {"if", "else", "do"}
    assert MEANT_VERBS.keys().isdisjoint(VERBS)
    assert MEANT_FIELDS.keys().isdisjoint(FIELDS)
    assert comparison("over 5") is None
