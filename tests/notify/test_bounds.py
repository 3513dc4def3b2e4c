"""A template that would run for ever is not taken, or ends at once (T18)."""

import pytest
from jinja2 import TemplateSyntaxError

from mailgate.notify.bounds import LONGEST
from mailgate.notify.sandbox import TemplateSandbox
from mailgate.rules.expression import ExpressionFailed, render

SANDBOX = TemplateSandbox(html=False)
LIST = list(range(LONGEST))


def loops(depth: int, inside: str = "") -> str:
    return "{% for a in x %}" * depth + inside + "{% endfor %}" * depth


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (loops(3), "at most 2 deep"),
        ("{% macro m(x) %}" + loops(1) + "{% endmacro %}" + loops(2, "{{ m(x) }}"), "at most 2 deep"),
        ("{% macro m(x) %}" + loops(3) + "{% endmacro %}", "at most 2 deep"),
        ("{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}", "a macro calls nothing"),
        (
            "{% macro m(f, n) %}{% if n %}{{ f(f, n - 1) }}{% endif %}{% endmacro %}{{ m(m, 9) }}",
            "a macro calls nothing",
        ),
        ("{% for a in x recursive %}{{ loop(x) }}{% endfor %}", "does not call itself"),
        ("{% macro m() %}x{% endmacro %}{% call m() %}{% endcall %}", "nothing else"),
        ("{% include 'x' %}", "nothing else"),
    ],
)
def test_what_may_not_be_written(source: str, said: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=said):
        SANDBOX.from_string(source)


@pytest.mark.parametrize("value", ["x" * 20_000, [0] * (LONGEST + 1)])
def test_a_loop_goes_over_a_short_list_alone(value: object) -> None:
    with pytest.raises(ExpressionFailed, match=f"a list of at most {LONGEST} entries"):
        render(SANDBOX.from_string(loops(1)), {"x": value})


def test_the_costliest_loops_end() -> None:
    assert render(SANDBOX.from_string(loops(2)), {"x": LIST}) == ""
    with pytest.raises(ExpressionFailed, match="grew beyond"):
        render(SANDBOX.from_string(loops(2, "abc")), {"x": LIST})


def test_a_macro_with_a_loop_may_be_called_in_a_loop() -> None:
    source = "{% macro m(y) %}{% for b in y %}{{ b }}{% endfor %}{% endmacro %}{% for a in x %}{{ m(x) }};{% endfor %}"
    assert render(SANDBOX.from_string(source), {"x": [1, 2]}) == "12;12;"
