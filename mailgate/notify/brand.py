"""`_brand.toml`: name, colour, footer and logo, which every mail wears. Mistakes come back as problems."""

import re
import tomllib
from dataclasses import dataclass

from mailgate.notify.logo import Logo
from mailgate.problems import Problem, did_you_mean

KEYS = ("name", "colour", "footer", "logo")
_LOGO = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,80}\.(?:png|jpe?g|gif)", re.IGNORECASE)
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class Brand:
    """`name` empty: the site's name stands there. `colour` is a CSS hex colour. `logo` None: there is none."""

    name: str = ""
    colour: str = "#0b57d0"
    footer: str = ""
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class LogoFile:
    """A picture beside `_brand.toml`, and the line that names it."""

    name: str
    line: int


def read_brand(source: str, path: str) -> tuple[Brand, tuple[Problem, ...]]:
    """The brand without its logo, and what is wrong with it; what is wrong keeps its default."""
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
        elif key == "logo" and value and not _LOGO.fullmatch(value):
            said = f'"{value}" is no name of a picture'
            mend = 'put a PNG, JPEG or GIF beside this file, and write its name as in "logo.png"'
            problems.append(Problem(path, line, 1, said, mend=mend))
        elif key != "logo":
            values[key] = value
    given = Brand()
    name, colour, footer = (values.get(key, getattr(given, key)) for key in ("name", "colour", "footer"))
    return Brand(name, colour, footer), tuple(problems)


def logo_file(source: str) -> LogoFile | None:
    """The picture that is named; None where none is, or wrongly, which `read_brand` tells."""
    try:
        name = tomllib.loads(source).get("logo", "")
    except tomllib.TOMLDecodeError:
        return None
    return LogoFile(name, _line_of("logo", source)) if isinstance(name, str) and _LOGO.fullmatch(name) else None


def _line_of(key: str, source: str) -> int:
    for number, line in enumerate(source.splitlines(), 1):
        if re.match(rf"\s*[\"']?{re.escape(key)}\b", line):
            return number
    return 0
