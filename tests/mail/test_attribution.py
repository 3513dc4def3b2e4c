"""Who wrote what is quoted below; tests/mail/test_client_samples.py holds what mail programs write."""

import pytest

from mailgate.mail.attribution import attribution_above

WRAPPED = ["Thanks!", "", "On Mon, 2 Mar 2026 at 10:00, Nina Costa via", "Support <support@example.com>", "wrote:"]


@pytest.mark.parametrize("quoted_below", [True, False])
def test_an_attribution_over_three_lines_is_taken_whole(quoted_below: bool) -> None:
    assert attribution_above(WRAPPED, 4, quoted_below=quoted_below) == 2


def test_a_line_that_was_typed_right_above_stays() -> None:
    lines = ["Thanks!", "On 2 March 2026 at 10:00, Nina Costa wrote:"]
    assert attribution_above(lines, 1, quoted_below=True) == 1
    lines = ["We ordered 3 of them.", "Nina Costa <support@example.com> wrote:"]
    assert attribution_above(lines, 1, quoted_below=True) == 1


@pytest.mark.parametrize(
    "line",
    ["Nina wrote:", "On Monday Nina wrote:", "On 2 March Nina wrote:", "She wrote in 2025:", "See https://e.example/:"],
)
def test_without_marks_below_a_line_must_say_when_and_who_beyond_doubt(line: str) -> None:
    assert attribution_above([line], 0, quoted_below=False) is None


@pytest.mark.parametrize(
    "line", ["Look what they say:", "My 3 questions:", "She wrote this:", "they said on 2 March 2026:"]
)
def test_a_sentence_that_ends_in_a_colon_is_none(line: str) -> None:
    assert attribution_above([line], 0, quoted_below=True) is None


def test_a_name_alone_is_enough_above_marked_lines() -> None:
    assert attribution_above(["Nina Costa wrote:"], 0, quoted_below=True) == 0
