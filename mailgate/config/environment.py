"""Environment variables over the file: MAILGATE_<SECTION>__<KEY>, and deeper, as in MAILGATE_IN__SMTP__LISTEN.

A variable with two underscores that fits nothing is an error: a mistyped one would be silently without effect.
"""

from collections.abc import Mapping
from typing import Any

from mailgate.config.findings import Findings
from mailgate.config.kinds import EnvironmentText
from mailgate.config.locate import KeyPath
from mailgate.config.schema import ROOT
from mailgate.problems import did_you_mean

PREFIX = "MAILGATE_"


def override(tables: dict[str, Any], environ: Mapping[str, str], findings: Findings) -> dict[KeyPath, str]:
    """Put the variables' values into `tables`. Returns which path came from which variable."""
    origins: dict[KeyPath, str] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or "__" not in variable:
            continue
        parts = variable.removeprefix(PREFIX).split("__")
        made = _put(tables, parts, EnvironmentText(environ[variable])) if parts[0] in _SECTIONS else []
        if not made:
            made = [(variable,)]
            mend = did_you_mean(f"{PREFIX}{parts[0]}__", (f"{PREFIX}{section}__" for section in _SECTIONS))
            findings.value((variable,), "this variable overrides nothing", mend)
        origins |= dict.fromkeys(made, variable)
    return origins


def _put(tables: dict[str, Any], parts: list[str], text: EnvironmentText) -> list[KeyPath]:
    """What was set: the path, and tables that were made on the way. Nothing, where the way leads through no table."""
    here: Any = tables
    path: KeyPath = ()
    made: list[KeyPath] = []
    for part in parts[:-1]:
        step = _step(here, part)
        if step is None:
            return []
        path = (*path, step)
        if isinstance(here, dict) and step not in here:
            here[step] = {}
            made.append(path)
        here = here[step]
    step = _step(here, parts[-1])
    if step is None or not isinstance(here, dict):
        return []
    here[step] = text
    return [*made, (*path, step)]


def _step(here: object, part: str) -> Any:
    """The key, or the place in an array of tables, that the part of a variable's name means."""
    if isinstance(here, dict):
        return next((name for name in here if _spelt(name) == part), part.lower())
    if isinstance(here, list):
        names = [element.get("name") if isinstance(element, dict) else None for element in here]
        return next((place for place, name in enumerate(names) if isinstance(name, str) and _spelt(name) == part), None)
    return None


def _spelt(name: str) -> str:
    return name.upper().replace("-", "_")


_SECTIONS = frozenset(_spelt(key.name) for key in ROOT.keys)
