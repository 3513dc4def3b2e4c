"""Where the rules and templates that come with mailgate lie: beside the package in a checkout, or where pip put it."""

import sys
import sysconfig
from pathlib import Path

from mailgate.errors import CannotStart

INSTALLED = Path("share", "mailgate")


def packaged_templates() -> Path:
    """The templates in the words that mailgate was made with. Raises CannotStart where the installation lacks them."""
    return _directory("templates")


def packaged_rules() -> Path:
    return _directory("rules")


def packaged_findings() -> Path:
    """docs/reference/rule-findings.md, the page of each code."""
    return _directory("docs/reference") / "rule-findings.md"


def _directory(name: str) -> Path:
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    roots = (sysconfig.get_path("data"), sysconfig.get_path("data", sysconfig.get_preferred_scheme("user")), sys.prefix)
    for root in roots:
        if (Path(root) / INSTALLED / name).is_dir():
            return Path(root) / INSTALLED / name
    raise CannotStart(
        f"this installation lacks its {name}: {INSTALLED / name} is in none of {', '.join(dict.fromkeys(roots))}", 78
    )
