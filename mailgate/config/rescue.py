"""Where the database of a configuration lies that has mistakes elsewhere: what runs is there, and who is to be told.

Never fails: where even this cannot be read, there is no answer.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailgate.config.database import DATABASE_URL, SQLITE
from mailgate.config.findings import Findings
from mailgate.config.kinds import EnvironmentText

VARIABLE = "MAILGATE_DATABASE__URL"
DEFAULT = SQLITE + "mailgate.db"


def database_of(path: Path, environ: Mapping[str, str]) -> str | None:
    """The URL that config.toml at `path` most likely means; None where it does not say."""
    try:
        tables = _readable(path.read_text("utf-8", "replace"))
    except (OSError, ValueError):
        return None
    section = tables.get("database", {})
    written: object = section.get("url", DEFAULT) if isinstance(section, dict) else DEFAULT
    if VARIABLE in environ:
        written = EnvironmentText(environ[VARIABLE])
    findings = Findings(path.absolute().parent)
    url = str(DATABASE_URL.read(written, ("database", "url"), findings))
    return None if findings.found else url


def _readable(text: str) -> dict[str, Any]:
    """The tables above the line that is no TOML."""
    lines = text.splitlines()
    while lines:
        try:
            return tomllib.loads("\n".join(lines))
        except RecursionError:
            break
        except ValueError as error:
            place = re.search(r"\(at line (\d+)", str(error))
            lines = lines[: min(int(place[1]), len(lines)) - 1 if place else len(lines) - 1]
    return {}
