"""The import contracts of pyproject.toml say no where they should: tried on a small house of the same name."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
ROOMS = [name.strip("() ") for layer in CONTRACTS[0]["layers"] for name in layer.replace("|", ":").split(":")]


def verdict(house: Path, changes: dict[str, str]) -> str:
    """What import-linter says of a package `mailgate` with every room, empty but for `changes`."""
    for room in ROOMS:
        (house / "mailgate" / room).mkdir(parents=True)
        (house / "mailgate" / room / "__init__.py").touch()
    (house / "mailgate" / "__init__.py").touch()
    for name, text in changes.items():
        (house / "mailgate" / name).write_text(text)
    lint: list[str | Path] = [
        Path(sys.executable).parent / "lint-imports",
        "--no-cache",
        "--no-logo",
        "--config",
        ROOT / "pyproject.toml",
    ]
    done = subprocess.run(lint, cwd=house, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_imports_from_roof_to_ground_are_kept(tmp_path: Path) -> None:
    said = verdict(tmp_path, {"cli/a.py": "import mailgate.store, sqlalchemy, asyncio", "rules/a.py": "import re"})
    assert "2 kept, 0 broken" in said


@pytest.mark.parametrize(
    ("module", "text", "broken"),
    [
        ("mail/a.py", "from mailgate.tickets import __doc__", 0),
        ("intake/a.py", "import mailgate.delivery", 0),
        ("tickets/a.py", "import mailgate.store", 0),
        ("new_at_the_ground.py", "", 0),
        ("rules/a.py", "import asyncio", 1),
        ("decision/a.py", "def now(): import time", 1),
        ("notify/a.py", "import sqlalchemy as sa", 1),
    ],
)
def test_an_import_that_climbs_or_does_is_named(tmp_path: Path, module: str, text: str, broken: int) -> None:
    said = verdict(tmp_path, {module: text})
    assert f"{CONTRACTS[broken]['name']} BROKEN" in said
    assert f"{CONTRACTS[1 - broken]['name']} KEPT" in said
    assert Path(module).stem in said
