"""One description serves loading, the example and the reference: they cannot differ."""

import re
from pathlib import Path

import pytest

from mailgate.config.read import load
from mailgate.config.reference import page
from mailgate.config.schema import ROOT
from mailgate.config.section import Key, Section

TOP = Path(__file__).resolve().parents[2]
EXAMPLE = TOP / "config.example.toml"


def keys(section: Section, *, later: bool = True) -> list[tuple[Section, Key]]:
    """Every key with its table, at any depth; without `later` those in effect only."""
    found = []
    for key in section.keys:
        if key.in_effect or later:
            found.append((section, key))
            found += [each for inner in key.kind.sections for each in keys(inner, later=later)]
    return found


def test_the_example_loads_without_a_word() -> None:
    assert load(EXAMPLE, {}, offline=True).warnings == ()


@pytest.mark.parametrize(("section", "key"), keys(ROOT, later=False))
def test_the_example_shows_every_key_that_is_in_effect(section: Section, key: Key) -> None:
    text = EXAMPLE.read_text()
    assert f"{key.name} = " in text or re.search(rf"^\[.*\b{key.name}\b", text, re.MULTILINE), section.title


def test_the_reference_is_made_from_what_reading_uses() -> None:
    written = (TOP / "docs" / "reference" / "configuration.md").read_text()
    assert written == page(), "make it new: python -m mailgate.config.reference > docs/reference/configuration.md"


@pytest.mark.parametrize(("section", "key"), keys(ROOT))
def test_every_key_is_told_of_in_a_sentence(section: Section, key: Key) -> None:
    assert f"| `{key.name}` |" in page() or key.kind.sections
    assert key.doc.endswith("."), section.title
    assert section is ROOT or f"## `{section.title}`" in page()
