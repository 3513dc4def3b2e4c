"""What README and tutorials tell a newcomer to type works, and prints what they say."""

import re
from pathlib import Path

import pytest

from tests.blackbox.conftest import need
from tests.support.daemon import ROOT
from tests.support.pages import clone, examples, links, same

RUN = [ROOT / "README.md", ROOT / "README.es.md", *sorted((ROOT / "docs" / "tutorial").glob("*.md"))]
ALL = [*RUN, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs").glob("[!t]*/*.md"))]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [page for page in RUN if examples(page.read_text())], ids=name)
def test_every_command_of_a_page_prints_what_the_page_says(page: Path) -> None:
    if "swaks" in page.read_text():
        need("swaks")
    with clone() as place:
        for example in examples(page.read_text()):
            printed = place.run(example)
            assert same(example.shown, printed), (
                f"$ {example.command}\n{printed}\nwrite it anew: python -m tests.support.pages {name(page)}"
            )


@pytest.mark.parametrize("page", ALL, ids=name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [target for target in links(page.read_text()) if not (page.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("page", RUN, ids=name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
    assert set(re.findall(r"(?:`|\$ |\n)make ([a-z]+)", page.read_text())) <= targets


def test_both_readmes_tell_the_same() -> None:
    english, spanish = ((ROOT / f"README{ending}.md").read_text() for ending in ("", ".es"))
    assert [each.command for each in examples(english)] == [each.command for each in examples(spanish)]
    assert sorted(set(links(english)) - {"README.es.md"}) == sorted(set(links(spanish)) - {"README.md"})
    assert len(re.findall(r"(?m)^#", english)) == len(re.findall(r"(?m)^#", spanish))
