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
    "line",
    [
        "Look what they say:",
        "My 3 questions:",
        "She wrote this:",
        "they said on 2 March 2026:",
        "Please answer what she wrote:",
        "On page two you wrote:",
    ],
)
def test_a_sentence_that_ends_in_a_colon_is_none(line: str) -> None:
    assert attribution_above([line], 0, quoted_below=True) is None


def test_a_name_alone_is_enough_above_marked_lines() -> None:
    assert attribution_above(["Nina Costa wrote:"], 0, quoted_below=True) == 0


@pytest.mark.parametrize(
    "line",
    [
        "Nina Costa schrieb am Mo., 2. März 2026, 10:00:",
        "Nina Costa/Sales/Example wrote on 02.03.2026 10:00:12:",
        "Nina Costa kirjoitti 2.3.2026 kello 10:00:",
        "Nina Costa <nina@example.com> wrote:",
        "--- Nina Costa <nina@example.com> schrieb:",
        "Nina Costa (nina@example.com) writes:",
        '10:00 AM, March 2, 2026, "Nina Costa" <nina@example.com>:',
    ],
)
def test_other_orders_say_who_and_when_as_well(line: str) -> None:
    assert attribution_above([line], 0, quoted_below=True) == 0
    assert attribution_above([line], 0, quoted_below=False) == 0


@pytest.mark.parametrize(
    "line",
    [
        "2015/3/2 Nina Costa <nina@example.com>",
        "2015-03-02 10:00 GMT+01:00 Nina Costa <nina@example.com>",
        "nina via Example Forum wrote:",
        "On Monday, Support wrote:",
        "Am Montag schrieb Nina:",
        "Le lundi, Nina a écrit :",
    ],
)
def test_what_says_less_is_one_above_marked_lines_only(line: str) -> None:
    assert attribution_above([line], 0, quoted_below=True) == 0
    assert attribution_above([line], 0, quoted_below=False) is None


def test_the_day_of_a_month_ends_no_sentence() -> None:
    lines = ["Thanks!", "", "Nina Costa <nina@example.com> schrieb am So., 1.", "März 2026, 10:00:"]
    assert attribution_above(lines, 3, quoted_below=True) == 2


@pytest.mark.parametrize("closing", ["Cheers", "Ana Silva"])
def test_a_closing_right_above_an_attribution_was_typed(closing: str) -> None:
    lines = ["That is all.", "", closing, "Nina Costa <nina@example.com> wrote:"]
    assert attribution_above(lines, 3, quoted_below=True) == 3
    lines[3] = "Nina Costa schrieb am 2. März 2026 um 10:00:"
    assert attribution_above(lines, 3, quoted_below=True) == 3
