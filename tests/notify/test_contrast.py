"""What stands in a mail of ours can be read, by day and by night: at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest

from mailgate.notify.samples import ORDINARY
from mailgate.notify.templates import Templates

ROOT = Path(__file__).resolve().parents[2] / "templates"
STANDARD = Templates.load(ROOT, ROOT)
BY_DAY, BY_NIGHT = ("#ffffff", "#f4f6fa"), ("#1e2127", "#272b33")
ENOUGH = 4.5


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def words(css: str) -> set[str]:
    """The colours of text."""
    return set(re.findall(r"(?<![\w-])color:\s*(#[0-9a-f]{6})", css))


@pytest.mark.parametrize("name", sorted(STANDARD.names))
def test_every_word_can_be_read(name: str) -> None:
    html = STANDARD.render(name, "en", ORDINARY).html
    night, day = (
        re.search(r"(?s)@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", html),
        html.partition("</style>")[2],
    )
    assert night is not None
    poor = [(each, ground) for each in words(day) for ground in BY_DAY if contrast(each, ground) < ENOUGH]
    poor += [(each, ground) for each in words(night[1]) for ground in BY_NIGHT if contrast(each, ground) < ENOUGH]
    assert poor == []


def test_every_colour_of_the_day_has_one_of_the_night() -> None:
    """Whoever is given a colour by day has a class, by which the night finds him."""
    for name in STANDARD.names:
        body = STANDARD.render(name, "en", ORDINARY).html.partition("</style>")[2]
        for tag in re.findall(r"<[^>]*(?<![\w-])color:[^>]*>", body):
            assert 'class="' in tag or tag.startswith("<a "), (name, tag)
