"""Lines as they grow: blanks, paragraphs, rows of a table."""

import pytest

from mailgate.mail.flow import Flow, lines_of_table


def test_blanks_run_together_and_lines_end_where_they_are_ended() -> None:
    flow = Flow()
    for piece in ("  a ", " b", "\n c "):
        flow.write(piece)
    flow.end_line()
    flow.end_line()
    flow.write("d")
    assert flow.finished() == ["a b c", "d"]


def test_paragraphs_are_one_empty_line_apart_however_often_they_end() -> None:
    flow = Flow()
    flow.gap()
    flow.write("a")
    flow.gap()
    flow.gap()
    flow.write("b")
    flow.gap()
    assert flow.finished() == ["a", "", "b"]


def test_what_only_fills_is_nothing() -> None:
    flow = Flow()
    flow.write("a")
    flow.end_line()
    flow.write("\u200c\xa0\u200c\xa0\u00ad")
    flow.end_line()
    assert flow.finished() == ["a"]


def test_words_are_added_behind_a_line_that_is_done() -> None:
    flow = Flow()
    flow.write("a")
    flow.end_line()
    flow.add_behind(" <x>")
    flow.write("b")
    assert flow.finished() == ["a <x>", "b"]


@pytest.mark.parametrize(
    ("rows", "lines", "columns"),
    [
        ([], [], False),
        ([[["a"]]], ["a"], False),
        ([[["a"], ["b"]]], ["a  b"], False),
        ([[["a"], ["b"]], [["cc"], ["d"]]], ["a   b", "cc  d"], True),
        ([[["a"], [], ["b"]], [["c"], [], ["d"]]], ["a  b", "c  d"], True),
        ([[["a"], ["x" * 200]], [["b"], ["c"]]], ["a", "x" * 200, "", "b  c"], False),
        ([[["a"], ["b", "c"]], [["d"], ["e"]]], ["a", "", "b", "c", "", "d  e"], False),
    ],
)
def test_short_cells_make_columns_and_others_lines(
    rows: list[list[list[str]]], lines: list[str], columns: bool
) -> None:
    assert lines_of_table(rows) == (lines, columns)
