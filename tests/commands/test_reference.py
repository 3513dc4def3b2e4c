"""The page on commands is made from the catalogue, and what it shows is true."""

import re
from pathlib import Path

import pytest

from mailgate.commands.reference import VALUES, page
from tests.commands.desk import commands, orders

WRITTEN = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"
TIMES = [time for row in re.findall(r"^\| (`.*?) \|", VALUES, re.MULTILINE) for time in re.findall(r"`([^`]+)`", row)]
WORDS = re.findall(r"`([^`]+)`", VALUES.rpartition("German and Spanish")[2])


def test_the_page_is_what_the_catalogue_says() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == page(), (
        "make it new: python -m mailgate.commands.reference > docs/reference/commands.md"
    )


@pytest.mark.parametrize("time", [*TIMES, *WORDS])
def test_every_time_that_the_page_shows_is_understood(time: str) -> None:
    assert len(commands(f"#pending {time}")) == 1


def test_there_are_times() -> None:
    assert len(TIMES) > 20
    assert len(WORDS) == 5


def test_the_example_mail_is_understood() -> None:
    example = re.findall(r"```text\n(.*?)```", page(), re.DOTALL)[0]
    assert len(orders(example).commands) == 2
    assert orders(example).mistakes == ()
