"""The frame of a mistake in a file, and the mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.problems import Problem, did_you_mean, frame, report

SOURCES = {"rules/a.yaml": "rules:\n  - priority: hihg\n"}


def test_a_frame_shows_the_line_the_place_and_the_mend() -> None:
    problem = Problem("rules/a.yaml", 2, 15, "not valid", "MG004", 'did you mean "high"?', width=4)
    assert frame(problem, SOURCES).splitlines() == [
        "error[MG004]: not valid",
        " --> rules/a.yaml:2:15",
        "  |",
        "2 |   - priority: hihg",
        "  |               ^^^^",
        '  = help: did you mean "high"?',
    ]


def test_what_was_expected_stands_at_the_mark_below_the_line_where_it_began() -> None:
    sources = {"a": "do:\n  - tag: x\n    queue: y\n"}
    problem = Problem("a", 3, 5, "one key", mend="split it", width=5, expected="two actions", since=2)
    shown = frame(problem, sources).splitlines()
    assert shown[2:] == ["  |", "2 |   - tag: x", "3 |     queue: y", "  |     ^^^^^ two actions", "  = help: split it"]


def test_a_beginning_that_is_far_above_is_not_shown() -> None:
    out = frame(Problem("f", 12, 1, "x", since=2), {"f": "\n".join(f"line {n}" for n in range(1, 13))})
    assert out.splitlines()[2:] == ["   |", "12 | line 12", "   | ^"]


def test_a_place_that_is_not_known_shows_no_line() -> None:
    assert (
        frame(Problem("rules", 0, 0, "cannot read", severity="warning"), SOURCES) == "warning: cannot read\n --> rules"
    )
    assert frame(Problem("rules/a.yaml", 9, 1, "gone"), SOURCES).endswith("rules/a.yaml:9:1")


@pytest.mark.parametrize(
    ("line", "column", "shown", "mark"),
    [
        ("a: ü\u0308x 請求 y", 6, "a: ü\u0308x 請求 y", "    ^"),
        ("a: 請求 y", 4, "a: 請求 y", "   ^^^^"),
        ("a: 請求 y", 7, "a: 請求 y", "        ^"),
        ("\ta: b", 2, " a: b", " ^^"),
        ("a: \x1b[31m", 1, "a:  [31m", "^^"),
    ],
)
def test_the_mark_stands_below_what_is_meant_on_a_terminal(line: str, column: int, shown: str, mark: str) -> None:
    width = 1 if mark.strip() == "^" else 2
    lines = frame(Problem("f", 1, column, "x", width=width), {"f": line}).splitlines()
    assert lines[3:] == [f"1 | {shown}", f"  | {mark}"]


def test_of_a_long_line_the_part_around_the_mark_is_shown() -> None:
    out = frame(Problem("f", 1, 900_001, "x", width=50_000), {"f": "a" * 900_000 + "b" * 100_000})
    line, mark = out.splitlines()[3:]
    assert len(out) < 600
    assert line[mark.index("^")] == "b"
    assert line[mark.index("^") - 1] == "a"


def test_only_line_ends_of_files_count_as_lines() -> None:
    assert "2 | b\n" in frame(Problem("f", 2, 1, "x"), {"f": "a\x0c\u2028\r\nb\rc"})


@given(st.text(), st.integers(0, 50), st.integers(0, 300), st.integers(0, 300))
def test_any_problem_has_a_frame_without_controls(line: str, number: int, column: int, width: int) -> None:
    out = frame(Problem("f", number, column, "x", width=width, expected="e", since=max(0, number - 2)), {"f": line})
    assert all(char.isprintable() or char == "\n" for char in out)


@pytest.mark.parametrize(
    ("wrong", "known", "mend"),
    [
        ("hihg", ("low", "high"), 'did you mean "high"?'),
        ("HIGH", ("low", "high"), 'did you mean "high"?'),
        ("x", ("low", "high"), "expected one of: low, high"),
        ("x", {"b", "a"}, "expected one of: a, b"),
        ("x", (), ""),
        ("h" * 1_000_000, ("high",), "expected one of: high"),
        (
            "x",
            [f"q{n:02}" for n in range(23)],
            "expected one of: " + ", ".join(f"q{n:02}" for n in range(20)) + " and 3 more",
        ),
    ],
)
def test_the_nearest_word_is_offered_or_the_choice(wrong: str, known: tuple[str, ...], mend: str) -> None:
    assert did_you_mean(wrong, known) == mend


def test_a_report_is_in_order_and_counts() -> None:
    found = [Problem("b", 1, 1, "third"), Problem("a", 9, 1, "second", severity="warning"), Problem("a", 2, 1, "first")]
    text = report(found, {})
    assert text.index("first") < text.index("second") < text.index("third")
    assert text.endswith("2 errors, 1 warning in 2 files")
    assert report(found[:1], {}).endswith("\n\n1 error in 1 file")
    assert report(found[1:2], {}).endswith("\n\n1 warning in 1 file")
    assert report([], {}) == "0 errors in 0 files"
