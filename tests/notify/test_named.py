"""Names that the administrator chose, in a template."""

from mailgate.notify.named import Named
from mailgate.notify.sandbox import TemplateSandbox
from mailgate.rules.expression import render

FIELDS = Named({"order": "4711", "items": "3"})


def said(source: str) -> str:
    return render(TemplateSandbox(html=False).from_string(source), {"fields": FIELDS})


def test_a_value_is_had_by_its_name_whatever_the_name() -> None:
    assert said("{{ fields.order }} {{ fields.items }} {{ fields['order'] }}") == "4711 3 4711"


def test_what_nobody_has_set_is_empty() -> None:
    assert said('{{ fields.isbn }}{{ fields.isbn | default("none") }}') == "none"


def test_all_of_them_can_be_shown() -> None:
    assert said("{{ fields }}") == "order = 4711, items = 3"
    assert said("{% for each in fields %}{{ each }} {{ fields[each] }};{% endfor %}") == "order 4711;items 3;"


def test_equal_values_are_equal() -> None:
    same, other = Named({"order": "4711", "items": "3"}), Named({}, "none")
    assert same == FIELDS
    assert other != FIELDS
    assert len({FIELDS, same}) == 1
