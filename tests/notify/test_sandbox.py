import pytest
from jinja2.exceptions import TemplateError
from markupsafe import Markup

from mailgate.notify.sandbox import TemplateSandbox
from mailgate.notify.views import CustomerView
from mailgate.rules.expression import MAX_OUTPUT, ExpressionFailed, render

TEXT, HTML = TemplateSandbox(html=False), TemplateSandbox(html=True)
ANA = CustomerView("Ana <Silva>", "ana@acme.example")


def text(source: str, **values: object) -> str:
    return render(TEXT.from_string(source), values)


def html(source: str, **values: object) -> str:
    return render(HTML.from_string(source), values)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ customer.__class__ }}",
        "{{ customer.__slots__ }}",
        "{{ customer['__class__'] }}",
        "{{ customer.without }}x{{ customer.without('x') }}",
        "{{ 'x' * 100000000 }}",
        "{{ 'x' * 2 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x'.center(1000000000) }}",
        "{{ '{0:1000000000}'.format(1) }}",
        "{{ range(10) }}",
        "{{ lipsum() }}",
        "{{ namespace() }}",
        "{{ cycler('a') }}",
        "{{ customer.nmae }}",
        "{{ nobody }}",
        "{{ nobody.name }}",
        "{% if nobody %}{% endif %}",
        "{{ [].append(1) }}",
        "{{ customer | attr('__class__') }}",
        "{{ customer.name | safe }}",
        "{{ customer.name | replace('a', 'b') }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
    ],
)
def test_what_no_template_may_do(source: str) -> None:
    for part in (text, html):
        with pytest.raises((TemplateError, ExpressionFailed)):
            part(source, customer=ANA)


def test_output_is_capped() -> None:
    source = "{% for a in x %}{% for b in x %}{{ y }}{% endfor %}{% endfor %}"
    with pytest.raises(ExpressionFailed, match="256,000"):
        text(source, x=[0] * 500, y="z" * 100)
    assert len(text("{{ y }}", y="z" * MAX_OUTPUT)) == MAX_OUTPUT


def test_numbers_may_be_multiplied() -> None:
    assert text("{{ 6 * 7 }} {{ 7 % 4 }}") == "42 3"


def test_values_are_cleaned_of_controls_and_escaped_in_html() -> None:
    name = "<b>\x00\u202eA\r\nB"
    assert text("{{ x }}", x=name) == "<b>A\nB"
    assert html("{{ x }}", x=name) == "&lt;b&gt;A<br>\nB"
    assert (
        html('{{ "<i>" ~ x }}{{ [x, x] | join("<br>") }}', x="<b>")
        == "&lt;i&gt;&lt;b&gt;" + "&lt;b&gt;&lt;br&gt;&lt;b&gt;"
    )


def test_values_are_never_templates() -> None:
    assert text("{{ x }}", x="{{ 7*7 }}{% for x in y %}") == "{{ 7*7 }}{% for x in y %}"


def test_nothing_is_shown_for_none_and_numbers_as_they_are() -> None:
    assert text("{{ x }}{{ y }}", x=None, y=3) == html("{{ x }}{{ y }}", x=None, y=3) == "3"


def test_what_a_filter_made_is_not_escaped_twice() -> None:
    assert html("{{ x }}", x=Markup("<br>")) == "<br>"


def test_a_macro_and_a_loop_may_be_used() -> None:
    source = "{% macro m(a) %}<{{ a }}>{% endmacro %}{% for x in y %}{{ loop.index }}{{ m(x) }}{% endfor %}"
    assert text(source, y=["a", "b"]) == "1<a>2<b>"
    assert html(source, y=["a", "&"]) == "1<a>2<&amp;>"
