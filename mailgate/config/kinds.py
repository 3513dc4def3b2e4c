"""The kinds of values that a key can have: each reads a TOML value, or says what is wrong with it and how to mend it.

A kind never raises: a mistake goes into the findings, and a harmless stand-in of the right type comes back, so that the
rest is still checked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailgate.config.findings import Findings, Wrong, shown
from mailgate.config.locate import KeyPath
from mailgate.problems import did_you_mean

if TYPE_CHECKING:
    from mailgate.config.section import Section

Reader = Callable[[object, KeyPath, Findings], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is what the reference calls it. `textual`: an environment variable's text is the value as it stands.
    `sections`: the tables that are described on their own, where the value is one, or a list or a table of them."""

    name: str
    read: Reader
    textual: bool = False
    sections: "tuple[Section, ...]" = ()


class EnvironmentText(str):
    """What an environment variable says: a text, or a TOML value where no text is wanted."""

    __slots__ = ()


def text_of(name: str, parse: Callable[[str], Any], blank: Any = "") -> Kind:
    """A text that `parse` understands; what it raises as ValueError is the finding."""

    def read(value: object, at: KeyPath, findings: Findings) -> Any:
        if not isinstance(value, str):
            findings.value(at, f"{spoken(value)} where a text is wanted", f"write a {name} in quotes")
            return blank
        try:
            return parse(value)
        except ValueError as error:
            findings.value(at, str(error), getattr(error, "mend", "") or f"write a {name}")
            return blank

    return Kind(name, read, textual=True)


def choice(*words: str) -> Kind:
    """One of a few words."""

    def parse(text: str) -> str:
        if text not in words:
            raise Wrong(f"{shown(text)} is none of {', '.join(words)}", did_you_mean(text, words))
        return text

    return text_of(" or ".join(f'"{word}"' for word in words), parse, words[0])


def whole(low: int, high: int) -> Kind:
    """A whole number within bounds."""

    def read(value: object, at: KeyPath, findings: Findings) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            findings.value(
                at, f"{spoken(value)} where a whole number is wanted", f"write one from {low} to {high}, without quotes"
            )
        elif not low <= value <= high:
            findings.value(at, f"{value} is not between {low} and {high}", f"write one from {low} to {high}")
        else:
            return value
        return low

    return Kind(f"whole number, {low} to {high}", read)


def _read_switch(value: object, at: KeyPath, findings: Findings) -> bool:
    if isinstance(value, bool):
        return value
    findings.value(at, f"{spoken(value)} where true or false is wanted", "write true or false, without quotes")
    return False


switch = Kind("true or false", _read_switch)


def list_of(kind: Kind, at_least: int = 0) -> Kind:
    """A list whose elements are all of one kind; read as a tuple, wrong elements and all."""

    def read(value: object, at: KeyPath, findings: Findings) -> tuple[Any, ...]:
        if not isinstance(value, list):
            findings.value(at, f"{spoken(value)} where a list is wanted", _as_list(value, at, kind))
            return ()
        if len(value) < at_least:
            findings.value(at, "the list is empty", f"put a {kind.name} into it")
        return tuple(kind.read(element, (*at, index), findings) for index, element in enumerate(value))

    return Kind(f"list of {kind.name}", read, sections=kind.sections)


def _as_list(value: object, at: KeyPath, kind: Kind) -> str:
    if isinstance(value, dict):
        return f"write its header in double brackets: [[{at[-1]}]]"
    return f"write [{shown(value)}]" if isinstance(value, str) else f"write a list of {kind.name} in [ ]"


def spoken(value: object) -> str:
    """What a TOML value is, in words."""
    names: Iterable[tuple[type, str]] = (
        (str, "a text"),
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number with a point"),
        (list, "a list"),
        (dict, "a table"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "a date or time")
