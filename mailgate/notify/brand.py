"""`_brand.toml`: the name, the colour and the footer that every mail wears. Mistakes come back as problems."""

import re
import tomllib
from dataclasses import dataclass

from mailgate.problems import Problem, did_you_mean

KEYS = ("name", "colour", "footer")
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class Brand:
    """`name` empty: the site's name stands there. `colour` is a CSS hex colour."""

    name: str = ""
    colour: str = "#0b57d0"
    footer: str = ""


def read_brand(source: str, path: str) -> tuple[Brand, tuple[Problem, ...]]:
    """The brand, and what is wrong with it; what is wrong keeps its default."""
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (0, 0)
        return Brand(), (Problem(path, line, column, f"not TOML: {error}"),)
    problems = []
    values: dict[str, str] = {}
    for key, value in table.items():
        line = _line_of(key, source)
        if key not in KEYS:
            problems.append(
                Problem(path, line, 1, f'unknown key "{key}"', mend=did_you_mean(key, KEYS), width=len(key))
            )
        elif not isinstance(value, str):
            problems.append(Problem(path, line, 1, f'"{key}" is not a text', mend=f'write {key} = "..."'))
        elif key == "colour" and not _COLOUR.fullmatch(value):
            problems.append(Problem(path, line, 1, f'"{value}" is no colour', mend='write it as in "#0b57d0"'))
        else:
            values[key] = value
    return Brand(**values), tuple(problems)


def _line_of(key: str, source: str) -> int:
    for number, line in enumerate(source.splitlines(), 1):
        if re.match(rf"\s*[\"']?{re.escape(key)}\b", line):
            return number
    return 0
