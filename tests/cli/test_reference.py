"""The page on the command line is made from the commands themselves."""

from pathlib import Path

from mailgate.cli.reference import page

WRITTEN = Path(__file__).resolve().parents[2] / "docs" / "reference" / "command-line.md"


def test_the_page_is_what_the_commands_say() -> None:
    assert WRITTEN.read_text() == page(), (
        "make it new: python -m mailgate.cli.reference > docs/reference/command-line.md"
    )
