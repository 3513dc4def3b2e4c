"""The sandbox of `set` and `note`: values in, one bounded text out, nothing else reached."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules.expression import MAX_OUTPUT, Expression, ExpressionFailed, Record, Reference, expression, render

VALUES = {
    "m": Record({"order": "4711", "items": "capture"}),
    "msg": Record({"text": "Hello world " * 50}),
    "tags": ("a", "b"),
}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("plain", "plain"),
        ("{{ m.order }}", "4711"),
        ("{{ m['order'] }}", "4711"),
        ("{{ m.items }}", "capture"),
        ("no {{ m.order | upper }}!", "no 4711!"),
        ("{% if m.order == '4711' %}yes{% else %}no{% endif %}", "yes"),
        ("{{ m.none | default('-') }}", "-"),
        ("{{ tags }}", "a, b"),
        ("{{ 2 * 3 + 1 }}", "7"),
        ("{{ m.order ~ '-' ~ m.items }}", "4711-capture"),
        ("{# nothing #}", ""),
    ],
)
def test_an_expression_gives_text(source: str, text: str) -> None:
    assert expression(source).render(VALUES) == text


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ m.__class__.__mro__ }}",
        "{{ m._values }}",
        "{{ m['__init__'] }}",
        "{{ msg | attr('__class__') }}",
        "{{ msg.text.upper() }}",
        "{{ range(10) }}",
        "{{ lipsum() }}",
        "{{ cycler }}",
        "{{ self.__init__ }}",
        "{{ 'a' * 10**8 }}",
        "{{ 'a' * 300000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ 'x' | center(999999999) }}",
        "{{ 'x' | indent(999999999) }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ msg.text | replace('o', msg.text) }}",
        "{{ msg.text | join(msg.text) }}",
        "{% for a in msg.text %}{% for b in msg.text %}x{% endfor %}{% endfor %}",
        "{% set a = 'x' %}{{ a }}",
        "{% macro x() %}{% endmacro %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{{ m.oder }}",
        "{{ m }",
        "{{ m.order",
        "{% if %}",
        "{{ 1 // 0 }}",
        "{{ m.order < 3 }}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{{ " + "not " * 900 + "1 }}",
        "x" * 5_000 + "{{ m.order }}",
    ],
)
def test_what_is_no_plain_expression_fails_in_one_line(source: str) -> None:
    with pytest.raises(ExpressionFailed) as caught:
        expression(source).render(VALUES)
    assert "\n" not in str(caught.value)


def test_a_value_is_never_compiled() -> None:
    found = expression("{{ m.order }}").render({"m": Record({"order": "{{ 7 * 7 }}{% raw %}"})})
    assert found == "{{ 7 * 7 }}{% raw %}"


def test_output_stops_at_the_cap() -> None:
    text = expression("{{ msg.text }}" * 10)
    assert text.template is not None
    with pytest.raises(ExpressionFailed, match="grew beyond 1,000"):
        render(text.template, VALUES, cap=1_000)


def test_the_names_that_an_expression_uses_are_known_before_it_runs() -> None:
    found = expression("{{ m.a }}{{ ticket.queue | upper }}{{ rule }}{{ m['b'] }}").references
    assert set(found) == {
        Reference("m", "a"),
        Reference("m", "b"),
        Reference("ticket", "queue"),
        Reference("rule", None),
    }


def test_a_text_without_expressions_costs_no_template() -> None:
    assert expression("100 % sure") == Expression("100 % sure")


@given(st.text(alphabet="{}%# m.order|'()[]~+-*/,x1\n", max_size=40))
def test_any_source_compiles_or_fails_cleanly(source: str) -> None:
    with suppress(ExpressionFailed):
        assert len(expression(source).render(VALUES)) <= MAX_OUTPUT
