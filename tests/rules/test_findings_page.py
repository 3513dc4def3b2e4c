"""Each code has its section on docs/reference/rule-findings.md, and the section's examples are true."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.rules.pages import PARTS, read_pages
from mailgate.rules.ruleset import compiled
from tests.rules.desk import VOCABULARY, complete

ROOT = Path(__file__).parents[2]
PAGES = read_pages((ROOT / "docs/reference/rule-findings.md").read_text(encoding="utf-8"))
EMITTED = sorted(
    set(
        re.findall(
            r'"(MG\d{3})"', "".join(path.read_text(encoding="utf-8") for path in (ROOT / "mailgate/rules").glob("*.py"))
        )
    )
)
BY_OTHERS = ("MG110", "MG401", "MG402")  # from the database, and from the tests of rules
NAMES = replace(
    VOCABULARY,
    fields=frozenset({"order", "price"}),
    groups=frozenset({"vip"}),
    own_addresses=frozenset({"support@example.com"}),
)


def codes(example: str) -> set[str]:
    return {problem.code for problem in complete(*compiled(files(example), NAMES)[1:])}


def files(example: str) -> dict[str, bytes]:
    """One file, or several behind lines "# file: NAME"."""
    parts = re.split(r"^# file: (.*)\n", example, flags=re.MULTILINE)
    return dict(zip(parts[1::2], map(str.encode, parts[2::2]), strict=True)) or {"10-test.yaml": example.encode()}


@pytest.mark.parametrize("code", sorted({*EMITTED, *BY_OTHERS}))
def test_every_code_has_a_page_with_every_part(code: str) -> None:
    assert [part for part in PARTS if part not in PAGES[code].text] == []


@pytest.mark.parametrize("code", sorted(PAGES.keys() - set(BY_OTHERS)))
def test_the_example_yields_the_code_and_what_to_use_instead_does_not(code: str) -> None:
    wrong, right = PAGES[code].examples
    assert code in codes(wrong)
    assert codes(right) == set()


def test_the_page_is_in_order() -> None:
    assert list(PAGES) == sorted(PAGES)
    for page in PAGES.values():
        assert set(re.findall(r"MG\d{3}", page.text)) <= PAGES.keys()
