"""The page docs/reference/reading-mail.md says what is true: its examples are run, its tables are complete."""

import re
from pathlib import Path

import pytest

from mailgate.cli.main import main
from mailgate.mail import alternatives, html, language
from mailgate.mail.html import to_text
from mailgate.mail.inspect import as_json
from mailgate.mail.inspect_page import LANGUAGES
from mailgate.mail.parse import parse
from mailgate.mail.pictures import SMALLEST_PICTURE

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "reading-mail.md").read_text("utf-8")
FACTS = re.findall(r"(?m)^\| (`[^|]*) \|", PAGE.partition("The JSON is stable.")[2].partition("\n## ")[0])
HTML = re.findall(r"(?m)^\| `(.*)` \| (`.*`) \|$", PAGE.partition("\n## HTML\n")[2].partition("\n## ")[0])


def block(kind: str) -> str:
    return PAGE.partition(f"```{kind}\n")[2].partition("```")[0]


def test_the_mail_of_the_page_is_shown_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("MAILGATE_CONFIG", "MAILGATE_SITE__DOMAIN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "reply.eml").write_text(block("eml"))
    assert main(["inspect", str(tmp_path / "reply.eml")]) == 0
    assert capsys.readouterr().out == block("text")


@pytest.mark.parametrize(("document", "text"), HTML)
def test_html_becomes_what_the_page_says(document: str, text: str) -> None:
    assert to_text(document).split("\n") == re.findall(r"`([^`]*)`", text)


def test_every_key_of_the_json_is_on_the_page_and_no_other() -> None:
    named = set(re.findall(r"`([a-z_]+)`", " ".join(FACTS)))
    assert named == {*as_json(parse(b"")), "path", "seconds", "error"}


def test_every_language_is_on_the_page() -> None:
    listed = PAGE.partition("\n## Language\n")[2].partition("\n## ")[0]
    assert [name for name in LANGUAGES.values() if name not in listed] == ["language unknown"]
    assert set(LANGUAGES) - {"und"} == set(language.TOLD_APART)


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    words = " ".join(PAGE.split())
    assert f"more than {html.MOST_TAGS:,} tags or {html.LARGEST:,} characters" in words
    assert f"below {SMALLEST_PICTURE // 1024} KiB" in words
    assert f'says "{alternatives.DIFFER}"' in words
