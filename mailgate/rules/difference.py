"""What a new rule set changes, rule by rule, whatever moved within the files. For sets that were checked before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Difference:
    """Names of rules; a rule that went to another file is a changed one."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> Difference:
    """Between the files of two sets, texts by name."""
    before, after = _rules(old), _rules(new)
    return Difference(
        added=tuple(name for name in after if name not in before),
        changed=tuple(name for name in after if name in before and after[name] != before[name]),
        removed=tuple(name for name in before if name not in after),
    )


def _rules(files: Mapping[str, str]) -> dict[str, Any]:
    """Each rule with its file, as plain lists, tables and texts."""
    found = {}
    for name in sorted(files):
        if not name.endswith(".yaml"):
            continue
        document = yaml.load(files[name].removeprefix("\ufeff"), Loader=yaml.CBaseLoader)  # noqa: S506  texts only
        rules = document.get("rules") if isinstance(document, dict) else None
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, dict) and "name" in rule:
                found[str(rule["name"])] = (name, rule)
    return found
