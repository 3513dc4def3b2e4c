"""What README and tutorials tell a newcomer to type works, and prints what they say."""

import re
from pathlib import Path

import pytest

from mailgate.commands.catalogue import find_verb
from tests.blackbox.conftest import need
from tests.support.daemon import ROOT
from tests.support.pages import RUN, Hashes, clone, examples, links, same

ENGLISH, SPANISH = ROOT / "README.md", ROOT / "README.es.md"
TUTORIAL = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
READ_FIRST = [ENGLISH, SPANISH, *TUTORIAL]
ALL = [
    *READ_FIRST,
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs").glob("[!t]*/*.md")),
]
MISTYPED = "clsoe"


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=name)
def test_every_command_of_a_page_prints_what_the_page_says(page: Path) -> None:
    if "swaks" in page.read_text():
        need("swaks")
    hashes = Hashes()
    with clone(page.read_text()) as place:
        for example in examples(page.read_text()):
            printed = place.run(example)
            is_true = same(example.shown, printed) and hashes.agree(example.shown, printed)
            assert is_true, f"$ {example.command}\n{printed}\nwrite it anew: python -m tests.support.pages {name(page)}"


@pytest.mark.parametrize("page", ALL, ids=name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [target for target in links(page.read_text()) if not (page.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("page", READ_FIRST, ids=name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
    assert set(re.findall(r"(?:`|\$ |\n)make ([a-z]+)", page.read_text())) <= targets


@pytest.mark.parametrize("page", READ_FIRST, ids=name)
def test_every_command_by_mail_that_a_page_names_is_offered(page: Path) -> None:
    written = re.sub(r"(?s)```console.*?```", "", page.read_text())
    named = set(re.findall(r"(?m)(?:`|^|  )#([^\W\d]+)", written)) - {MISTYPED}
    assert [word for word in sorted(named) if (verb := find_verb(word)) is None or not verb.offered] == []


def test_both_readmes_tell_the_same() -> None:
    english, spanish = ENGLISH.read_text(), SPANISH.read_text()
    pairs = zip(examples(english), examples(spanish), strict=True)
    assert all(one.command == other.command and same(one.shown, other.shown) for one, other in pairs)
    assert sorted(set(links(english)) - {"README.es.md"}) == sorted(set(links(spanish)) - {"README.md"})
    assert len(re.findall(r"(?m)^#", english)) == len(re.findall(r"(?m)^#", spanish))
