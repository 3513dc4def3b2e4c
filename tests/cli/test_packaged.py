"""What `init` copies comes with every way of installing mailgate."""

import tomllib
from pathlib import Path

import pytest

from mailgate.cli.packaged import packaged_rules, packaged_templates

TOP = Path(__file__).resolve().parents[2]


def test_a_checkout_has_them_beside_the_package() -> None:
    assert packaged_templates() == TOP / "templates"
    assert packaged_rules() == TOP / "rules"


@pytest.mark.parametrize("name", ["rules", "templates"])
def test_a_wheel_holds_every_one_of_their_files(name: str) -> None:
    tables = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["setuptools"]["data-files"]
    carried = {path: target for target, globs in tables.items() for glob in globs for path in TOP.glob(glob)}
    for path in (TOP / name).rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            assert carried.get(path) == f"share/mailgate/{path.parent.relative_to(TOP)}", path
