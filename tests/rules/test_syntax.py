"""YAML into marked values, and everything of YAML that is refused."""

import tracemalloc
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules import syntax
from mailgate.rules.syntax import Mapping, Node, NotYaml, Scalar, Sequence, decode, parse

ALIAS_BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)
)


@pytest.fixture(
    params=[yaml.SafeLoader, pytest.param(getattr(yaml, "CSafeLoader", None), id="CSafeLoader")], autouse=True
)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every promise holds with libyaml and without."""
    if request.param is None:
        pytest.skip("this PyYAML was built without libyaml")
    monkeypatch.setattr(syntax, "_LOADER", request.param)


def tree(text: str) -> Node | None:
    return parse("rules/a.yaml", text).root


def refused(raw: str | bytes) -> tuple[str, int, int, str]:
    """Code, line, column and message of the refusal."""
    try:
        text = decode("rules/a.yaml", raw.encode() if isinstance(raw, str) else raw)
        problem = parse("rules/a.yaml", text, max_nodes=5_000).problems[0]
    except NotYaml as error:
        problem = error.problems[0]
    return problem.code, problem.line, problem.column, f"{problem.message}; {problem.mend}"


def only_value(text: str) -> Scalar:
    root = tree(text)
    assert isinstance(root, Mapping)
    ((_, value),) = root.entries
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize(
    "text", ["no", "on", "18:30", "012", "1_000", "0x1f", "12:30:45", "1e3", "2026-03-02", "=", "<<"]
)
def test_a_scalar_stays_the_text_that_was_written(text: str) -> None:
    value = only_value(f"a: {text}")
    assert (value.text, value.flag, value.is_null) == (text, None, False)


@pytest.mark.parametrize(
    ("text", "flag"), [("true", True), ("False", False), ('"true"', None), ("yes", None), ("y", None)]
)
def test_only_true_and_false_without_quotes_are_flags(text: str, flag: bool | None) -> None:
    assert only_value(f"a: {text}").flag is flag


@pytest.mark.parametrize(("text", "null"), [("", True), ("~", True), ("null", True), ("''", False), ("'null'", False)])
def test_nothing_is_nothing_only_without_quotes(text: str, null: bool) -> None:
    assert only_value(f"a: {text}").is_null is null


def test_marks_count_characters_from_one_and_give_the_width() -> None:
    root = tree('é€: "üü" # c\n  \néb: [x, ünder]\n')
    assert isinstance(root, Mapping)
    (_, first), (key, second) = root.entries
    assert (first.mark.line, first.mark.column, first.mark.width) == (1, 5, 4)
    assert (key.mark.line, key.mark.column) == (3, 1)
    assert isinstance(second, Sequence)
    assert (second.items[1].mark.column, second.items[1].mark.width) == (9, 5)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_counts_one_line(end: str) -> None:
    root = tree(end.join(["a: 1", "b: 2", "c: 3"]))
    assert isinstance(root, Mapping)
    assert [key.mark.line for key, _ in root.entries] == [1, 2, 3]


def test_the_line_ends_of_yaml_1_1_are_blanks() -> None:
    root = tree(decode("x", "# a\u2028b\x85c\na: 'x\u2029y'".encode()))
    assert isinstance(root, Mapping)
    assert root.entries[0][0].mark.line == 2


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    root = tree(decode("x", b"\xef\xbb\xbfrules: x"))
    assert isinstance(root, Mapping)
    assert root.entries[0][0] == Scalar("rules", True, syntax.Mark(1, 1, 5))


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n", "---\n# x\n"])
def test_a_file_without_content_has_no_tree(text: str) -> None:
    root = tree(text)
    assert root is None or (isinstance(root, Scalar) and root.is_null)


def test_every_repeated_key_is_told_with_the_first_one() -> None:
    document = parse("x", "a: 1\nb: 2\na: 3\na: 4\n")
    assert [(p.line, p.column, p.code) for p in document.problems] == [(3, 1, "MG002"), (4, 1, "MG002")]
    assert "first in line 1" in document.problems[1].message


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: *acme", (1, 4), "'*acme'"),
        ("a: [x, *@acme.example]", (1, 8), "'*@acme.example'"),
        ("a: &acme b", (1, 4), "'&acme'"),
        ("a: &x [*x]", (1, 4), "anchor"),
        ("a: !!python/object/apply:os.system ['true']", (1, 4), "'!!python/object/apply:os.system'"),
        ("a: !local b", (1, 4), "tag"),
        ("a: !!str b", (1, 4), "tag"),
        ("- !!omap [a: b]", (1, 3), "tag"),
        ("a: @acme.example", (1, 4), "'@acme.example'"),
        ("a: `x`", (1, 4), "'`x`'"),
        ("a: %x", (1, 4), "'%x'"),
        ("a:\n\tb: c", (2, 1), "tab"),
        ("a: b: c", (1, 5), "second colon"),
        ("a: {{ m.x }}", (1, 5), "quotes"),
        ("? [a]\n: b", (1, 3), "cannot be a key"),
        ('a: "b\n\nc', (1, 4), "never closed"),
        ("a: [b, c\nd: e", (1, 4), "not closed"),
        ("a: 'b' c", (1, 8), "behind"),
        ('a: "\\w+"', (1, 4), "single quotes"),
        ("a: b\n c: d", (2, 3), "indented deeper"),
        ("r:\n  - a: b\n     c: d", (3, 7), "same column"),
        ("a: b\nc d\ne: f", (2, 1), "without a colon"),
        ("a:\n  - b\n c: d", (3, 2), "indentation"),
        ("a: 1\n---\nb: 2", (2, 1), "second document"),
        ('a: "\\0"', (1, 4), "U+0000"),
        ('a: "\\x1b[2J"', (1, 4), "U+001B"),
    ],
)
def test_a_mistake_of_form_is_shown_at_its_place_with_the_mend(text: str, place: tuple[int, int], said: str) -> None:
    code, line, column, message = refused(text)
    assert (code, (line, column)) == ("MG001", place), message
    assert said in message


@pytest.mark.parametrize(
    ("raw", "place", "said"),
    [
        (b"a: b\nc: \xff\n", (2, 4), "0xff"),
        ("é: ".encode() + b"\xc3", (1, 4), "UTF-8"),
        ("a: b".encode("utf-16"), (1, 1), "UTF-16"),
        (b"a: b\r\nc: \x00", (2, 4), "U+0000"),
        (b"a: \x1b[31m", (1, 4), "U+001B"),
        ("a: \ufffe".encode(), (1, 4), "U+FFFE"),
    ],
)
def test_a_file_that_is_no_text_is_refused_at_the_byte(raw: bytes, place: tuple[int, int], said: str) -> None:
    code, line, column, message = refused(raw)
    assert (code, (line, column)) == ("MG001", place)
    assert said in message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 2_000, "MG008"),
        ("[" * 500_000, "MG008"),
        ("{a: " * 200_000, "MG008"),
        ("- " * 400_000, "MG008"),
        ("\n".join(" " * i + "a:" for i in range(1_000)), "MG008"),
        ("[" + "a," * 450_000 + "]", "MG008"),
        ("- a\n" * 240_000, "MG008"),
        (ALIAS_BOMB, "MG001"),
        ('a: "' + "b " * 400_000, "MG001"),
        ("a: " * 300_000, "MG001"),
        ("&a " * 300_000, "MG001"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_a_bomb_is_refused_before_it_grows(text: str, code: str) -> None:
    tracemalloc.start()
    found = refused(
        text[: 19_999 if syntax._LOADER is yaml.SafeLoader else None]
    )  # the slow one need not prove the size
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[0] == code
    assert peak < 60_000_000, f"{peak:,} bytes"


@given(st.one_of(st.text(max_size=200), st.text(alphabet="ab:- \n\t[]{},'\"#&*!|>%@?\\\x85é", max_size=60)))
def test_any_text_is_a_tree_or_one_problem(text: str) -> None:
    with suppress(NotYaml):
        assert parse("x", decode("x", text.encode("utf-8", "surrogatepass"))).nodes <= 2 * len(text) + 1


def test_no_mistake_of_form_hides_another_in_the_file() -> None:
    bomb = "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 9))
    text = f"a: !!python/object/apply:os.system [x]\na0: &a0 [x]\n{bomb}a: twice\nrules: [\n"
    with pytest.raises(NotYaml) as caught:
        parse("rules/a.yaml", text)
    told = [(each.line, each.message.split(" has ")[0]) for each in caught.value.problems]
    assert told[:3] == [(1, "a tag"), (2, "an anchor"), (3, "an anchor")]
    assert (11, 'the key "a" stands here twice, first in line 1') in told
    assert [what for _, what in told].count("an alias") == 10
    assert told[-1][0] >= 12  # the bracket
