"""Conditions that cannot hold together, however many it takes; in doubt nothing is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.rules.conditions import Trail
from mailgate.rules.contradiction import never_holds
from mailgate.rules.situation import Situation
from mailgate.rules.view import View
from tests.rules.desk import codes, condition_problems, problems, rules, situation
from tests.rules.random_rules import random_mails


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("{all: [{state: [new, open]}, {state: [open, pending]}, {state: [new, pending]}]}", "MG203"),
        ("{all: [{state: [new, open]}, {state: [open, pending]}, {state: [new, open]}]}", "MG202"),
        ("{all: [{priority: at least normal}, {priority: at most high}, {not: {priority: [normal, high]}}]}", "MG203"),
        ("{queue: [support, billing], not: [{queue: support}, {queue: billing}]}", "MG203"),
        ("{queue: [support, billing], not: [{queue: support}, {queue: sales}]}", None),
        ("{queue: [support, billing], all: [{not: {queue: 's*'}}, {not: {queue: '*ing'}}]}", "MG203"),
        ("{queue: [support, billing], all: [{not: {queue: '/^s/'}}, {not: {queue: '/ing$/'}}]}", None),
        ("{owner: {exists: true}, all: [{owner: [nina, kim]}, {not: {owner: nina}}, {not: {owner: kim}}]}", "MG203"),
        ("{not: [{owner: nina}, {owner: kim}, {owner: omar}]}", None),  # nobody owns it
        ("{type: [incident, request], not: [{type: incident}, {type: request}]}", "MG203"),
        ("{all: [{size: [under 1MB, over 5MB]}, {size: over 2MB}, {size: under 4MB}]}", "MG203"),
        ("{all: [{size: [under 1MB, over 5MB]}, {size: over 2MB}, {size: under 6MB}]}", None),
        ("{all: [{age: over 1d}, {age: under 3d}, {not: {age: between 1d and 2d}}, {not: {age: over 2d}}]}", "MG203"),
        ("{all: [{age: over 1d}, {age: under 3d}, {not: {age: between 1d and 2d}}, {not: {age: over 3d}}]}", None),
        ("{all: [{messages: at least 2}, {messages: at most 3}, {not: {messages: [2, 3]}}]}", None),  # 2.5 is no proof
        ("{messages: [2, 3], not: [{messages: 2}, {messages: 3}]}", "MG203"),
        ("{not: [{age: over 1d}, {age: under 1d}, {age: between 1d and 1d}]}", None),  # it may be unknown
        ("{all: [{tag: [a, b]}, {not: {tag: a}}, {not: {tag: b}}]}", None),
        ("{all: [{field.price: [over 5, under 1]}, {field.price: over 2}, {field.price: under 4}]}", None),
        ("{state: open, any: [{state: closed}, {state: pending}]}", "MG203"),
        ("{state: open, any: [{state: closed}, {is_auto: true}]}", None),
        ("{all: [{any: [{state: new}, {queue: sales}]}, {state: open}, {queue: [support, billing]}]}", "MG203"),
        ("{all: [{any: [{state: new}, {queue: sales}]}, {any: [{state: open}, {queue: billing}]}]}", None),
        ("{from: ana@acme.example, any: [{not: {from: acme.example}}, {not: {from: .acme.example}}]}", "MG203"),
        ("{priority: over urgent}", "MG203"),
        ("{any: [{priority: over urgent}, {state: open}]}", "MG203"),
        ("{not: {state: [new, open, pending, closed, merged, spam]}}", "MG203"),
    ],
)
def test_what_cannot_hold_together_is_told_once(condition: str, code: str | None) -> None:
    found = condition_problems(condition)
    told = [each for each in codes(found) if each not in ("MG204", "MG205")]
    assert told == ([code] if code else [])


def test_the_message_names_the_lines_and_that_no_other_part_helps() -> None:
    found = problems(
        """
        rules:
          - name: r
            when: ticket.created
            if:
              state: [new, open]
              all:
                - state: [open, pending]
                - state: [new, pending]
            do: [{tag: x}]
          - name: s
            when: ticket.created
            if:
              state: open
              any:
                - state: closed
                - state: pending
            do: [{tag: x}]
        """
    )
    assert [(each.code, each.line, each.message) for each in found] == [
        ("MG203", 9, '"state": this condition and those in line 6 and 8 cannot all hold'),
        (
            "MG203",
            17,
            '"state": this condition and those in line 14 cannot all hold, nor can any other part of any:',
        ),
    ]


def test_what_holds_for_a_table_counts_for_its_cases() -> None:
    found = problems(
        """
        rules:
          - name: r
            when: ticket.created
            if: {state: [new, open], queue: billing}
            first:
              - {if: {state: [open, pending], not: {state: open}}, do: [{tag: a}]}
              - {if: {state: open}, do: [{tag: b}]}
              - {else: true, do: [{tag: c}]}
        """
    )
    assert [(each.code, each.line) for each in found] == [("MG203", 7)]


_FIELDS = (
    *(f"state: {each}" for each in ("new", "open", "[new, open]", "[open, pending]", "[new, pending]", "'*en*'")),
    *(
        f"priority: {each}"
        for each in ("high", "at least normal", "at most high", "[low, urgent]", "between low and high")
    ),
    *(f"queue: {each}" for each in ("billing", "[support, billing]", "[sales, support]", "'s*'", "'/ing$/'")),
    *(f"owner: {each}" for each in ("none", "nina", "[nina, kim]", "{exists: true}")),
    *(f"messages: {each}" for each in ("1", "over 1", "at most 2", "[1, over 3]", "between 2 and 3")),
    *(f"age: {each}" for each in ("over 1d", "under 2d", "[under 1h, over 3d]", "between 1d and 2d")),
    *(f"from: {each}" for each in ("acme.example", "ana@acme.example", ".acme.example")),
    *("tag: vip", "tag: [a, vip]", "is_auto: true", "is_auto: false", "weekday: [sat, sun]", "weekday: mon"),
)
_CONDITIONS = st.recursive(
    st.sampled_from(_FIELDS).map(lambda each: f"{{{each}}}"),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: f"{{all: [{', '.join(parts)}]}}"),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"{{any: [{', '.join(parts)}]}}"),
        inner.map(lambda part: f"{{not: {part}}}"),
    ),
    max_leaves=7,
)


@settings(max_examples=300, deadline=None)
@given(_CONDITIONS, st.integers(0, 1_000_000).map(lambda seed: random_mails(seed, 40)))
def test_what_is_called_impossible_matches_no_mail(text: str, mails: list[Situation]) -> None:
    (rule,) = rules(f"rules: [{{name: r, when: ticket.created, if: {text}, do: [{{tag: t}}]}}]").rules
    assert rule.condition is not None
    if never_holds(rule.condition):
        assert all(rule.condition.judge(View(mail), Trail()) != "match" for mail in mails)


def test_a_condition_of_very_many_ways_is_left_alone_at_once() -> None:
    either = "{any: [{state: new}, {state: closed}]}"
    text = f"{{all: [{', '.join([either] * 400)}, {{state: open}}]}}"
    (rule,) = rules(f"rules: [{{name: r, when: ticket.created, if: {text}, do: [{{tag: t}}]}}]").rules
    assert rule.condition is not None
    assert never_holds(rule.condition) is None


def test_a_mail_that_matches_each_of_a_pair_alone_shows_that_the_three_are_needed() -> None:
    pairs = ("{all: [{state: [new, open]}, {state: [open, pending]}]}", "{all: [{state: [new, open]}]}")
    for text in pairs:
        (rule,) = rules(f"rules: [{{name: r, when: ticket.created, if: {text}, do: [{{tag: t}}]}}]").rules
        assert rule.condition is not None
        assert rule.condition.judge(View(situation(ticket={"state": "open"})), Trail()) == "match"
