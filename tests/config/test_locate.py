"""Every key and value of a TOML text has its place, however it is written."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.config.locate import NOWHERE, KeyPath, Places, Spot, locate


def shown(text: str, spot: Spot) -> str:
    """What stands at a place."""
    return text.replace("\r\n", "\n").split("\n")[spot.line - 1][spot.column - 1 : spot.column - 1 + spot.width]


DOCUMENT = """\
# a comment with = and [brackets] and "quotes"
title = "one # two"
"quoted key" = 'literal \\'
a.b . "c.d" = 1979-05-27 07:32:00 # a date
[site]   # [not.this]
name = \"\"\"
many
lines = "x" \"\"\"
tags = [
  "one", # comment ]
  'two',
  { deep = [1, 2.5], "k" = true },
]
[[in]]
name = "first"
[in.more]
x = 1
[[in]]
name = "second"
[ queues . "a b" ]
from = "S <s@x>"
[[in.sub]]
y = 0x1F
"""


@pytest.mark.parametrize(
    ("path", "key", "value", "line"),
    [
        (("title",), "title", '"one # two"', 2),
        (("quoted key",), '"quoted key"', "'literal \\'", 3),
        (("a", "b", "c.d"), '"c.d"', "1979-05-27 07:32:00", 4),
        (("site", "name"), "name", '"""', 6),
        (("site", "tags"), "tags", "[", 9),
        (("site", "tags", 0), '"one"', '"one"', 10),
        (("site", "tags", 1), "'two'", "'two'", 11),
        (("site", "tags", 2, "deep"), "deep", "[1, 2.5]", 12),
        (("site", "tags", 2, "deep", 1), "2.5", "2.5", 12),
        (("site", "tags", 2, "k"), '"k"', "true", 12),
        (("in", 0, "name"), "name", '"first"', 15),
        (("in", 0, "more", "x"), "x", "1", 17),
        (("in", 1, "name"), "name", '"second"', 19),
        (("queues", "a b", "from"), "from", '"S <s@x>"', 21),
        (("in", 1, "sub", 0, "y"), "y", "0x1F", 23),
    ],
)
def test_each_form_of_toml_has_its_place(path: KeyPath, key: str, value: str, line: int) -> None:
    tomllib.loads(DOCUMENT)
    places = locate(DOCUMENT)
    assert (shown(DOCUMENT, places.key(path)), shown(DOCUMENT, places.value(path))) == (key, value)
    assert places.key(path).line == places.value(path).line == line


def test_a_table_stands_at_its_header() -> None:
    places = locate(DOCUMENT)
    assert shown(DOCUMENT, places.key(("queues", "a b"))) == '"a b"'
    assert places.key(("in", 1)).line == 18


def test_a_missing_key_is_told_of_at_its_table() -> None:
    places = locate(DOCUMENT)
    assert places.key(("in", 1, "listen")).line == 18
    assert places.key(("nothing", "at", "all")) == NOWHERE


def test_lines_that_end_in_crlf_count_as_one() -> None:
    assert locate(DOCUMENT.replace("\n", "\r\n")) == locate(DOCUMENT)


@given(st.text(max_size=300))
def test_no_text_defeats_the_search_for_places(text: str) -> None:
    assert isinstance(locate(text), Places)


@given(st.text(alphabet="[]{}=\"'#.,\n \\ab1", max_size=120))
def test_no_jumble_of_marks_defeats_it_either(text: str) -> None:
    assert isinstance(locate(text), Places)


names = st.text(alphabet="abcXYZ09-_", min_size=1, max_size=6) | st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\x7f"), max_size=5
)
scalars = (
    st.integers(-(2**40), 2**40)
    | st.booleans()
    | st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
documents = st.dictionaries(
    names, scalars | st.lists(values, max_size=3) | st.dictionaries(names, values, max_size=4), max_size=5
)


def written(value: Any) -> str:
    """The value inline, in TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "{ " + ", ".join(f"{quoted(key)} = {written(each)}" for key, each in value.items()) + " }"
        case list():
            return "[\n" + "".join(f"  {written(each)},  # x ]\n" for each in value) + "]"
        case str():
            return quoted(value)
        case _:
            return str(value)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def page(document: dict[str, Any]) -> str:
    """Plain keys first, then a header for each table."""
    tables = {name: value for name, value in document.items() if isinstance(value, dict)}
    lines = [f"{quoted(name)}={written(value)}" for name, value in document.items() if name not in tables]
    for name, table in tables.items():
        lines += ["", f"[ {quoted(name)} ] # {{"] + [
            f"{quoted(key)} = {written(value)}" for key, value in table.items()
        ]
    return "\n".join(lines)


def leaves(value: Any, at: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*at, index))
    else:
        yield at, value


@given(documents)
def test_what_stands_at_the_place_of_a_value_is_that_value(document: dict[str, Any]) -> None:
    text = page(document)
    assert tomllib.loads(text) == document
    places = locate(text)
    for path, value in leaves(document):
        assert tomllib.loads(f"x = {shown(text, places.values[path])}")["x"] == value
