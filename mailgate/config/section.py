"""The shape of a table: which keys it has, of what kind, with what default, and what each means.

One description serves loading, the check of config.example.toml and docs/reference/configuration.md.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from mailgate.config.findings import Findings, shown
from mailgate.config.kinds import EnvironmentText, Kind, spoken
from mailgate.config.locate import KeyPath
from mailgate.config.values import NAME, NAME_FORM
from mailgate.problems import did_you_mean, nearest

_LATER = "take it out, or leave it for a later version"


class _Nothing:
    """There is no default: the key must be written, or (`ABSENT`) there simply is no value."""


REQUIRED = _Nothing()
ABSENT = _Nothing()


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `default` is written as in TOML; `field` is its name in our own values, where that differs.

    A key that is not `in_effect` is checked and then left out, with a warning. Where leaving it out could do harm, only
    what stands in `harmless` is accepted.
    """

    name: str
    kind: Kind
    doc: str
    default: object = ABSENT
    field: str = ""
    in_effect: bool = True
    harmless: tuple[object, ...] | None = None
    instead: str = ""  # the mend where a value is not harmless


@dataclass(frozen=True, slots=True)
class Section:
    """A table: `make` is called with the values that are in effect (its own name first, where it has one)."""

    title: str  # as the reference writes it: "[site]", "[queues.NAME]"
    doc: str
    keys: tuple[Key, ...]
    make: Callable[..., Any]

    def read(self, value: object, at: KeyPath, findings: Findings, *own_name: str) -> Any:
        if not isinstance(value, dict):
            findings.value(
                at, f"{spoken(value)} where the table {self.title} is wanted", f"write {self.title} and its keys below"
            )
            value = {}
        known = {key.name: key for key in self.keys}
        strange = value.keys() - known.keys()
        for name in strange:
            findings.key((*at, name), f"{self.title} has no key {shown(name)}", did_you_mean(name, known))
        misspelt = _misspelt(value, strange, known)
        for meant, name in misspelt.items():
            findings.misspelt[(*at, meant)] = (*at, name)
        value = {**value, **{meant: value[name] for meant, name in misspelt.items()}}
        _warn_of_what_is_not_in_effect(self.keys, value, at, findings)
        values = {
            key.field or key.name: _read_key(key, value, at, findings, self.title, key.name in misspelt)
            for key in self.keys
            if key.in_effect
        }
        return self.make(*own_name, **values)


def _misspelt(value: Mapping[str, object], strange: Set[str], known: Iterable[str]) -> dict[str, str]:
    """Keys as they are meant, each with how it is written: they are read, so that nothing is told to be missing."""
    free = [name for name in known if name not in value]
    near = {name: nearest(name, free) for name in sorted(strange)}
    return {meant: name for name, meant in near.items() if meant is not None}


def table(section: Section) -> Kind:
    return Kind(f"table {section.title}", section.read, sections=(section,))


def one_of(title: str, by: str, sections: Mapping[str, Section]) -> Kind:
    """A table whose key `by` says which of `sections` it is; where it says none of them, it is read as the first."""
    first = next(iter(sections))

    def read(value: object, at: KeyPath, findings: Findings) -> Any:
        if isinstance(value, dict) and by not in value:
            findings.key(at, f'{title} needs "{by}"', f"write {by} = {' or '.join(map(shown, sections))}")
        written = value.get(by) if isinstance(value, dict) else None
        known = isinstance(written, str) and written in sections
        section = sections[str(written) if known else first]
        if isinstance(value, dict):
            foreign = _foreign_keys(section, sections, value)
            for name, owner in foreign.items() if known else ():
                findings.key((*at, name), f"{section.title} has no key {shown(name)}", f"it is a key of {owner.title}")
            value = {by: first} | {name: value[name] for name in value if name not in foreign}
        return section.read(value, at, findings)

    return Kind(f"table {title}", read, sections=tuple(sections.values()))


def _foreign_keys(section: Section, sections: Mapping[str, Section], value: Mapping[str, object]) -> dict[str, Section]:
    """Which keys of `value` belong to another of `sections`, and to which."""
    own = {key.name for key in section.keys}
    owners = {key.name: other for other in sections.values() for key in other.keys if key.name not in own}
    return {name: owners[name] for name in value if name in owners}


def named(section: Section) -> Kind:
    """A table of tables, each under a name that people use: read as a dict."""

    def read(value: object, at: KeyPath, findings: Findings) -> dict[str, Any]:
        return {
            name: section.read(element, (*at, name), findings, name) for name, element in _names(value, at, findings)
        }

    return Kind(f"tables {section.title}", read, sections=(section,))


def names_to(kind: Kind) -> Kind:
    """A table whose keys are names that people use: read as a dict."""

    def read(value: object, at: KeyPath, findings: Findings) -> dict[str, Any]:
        return {name: _read(kind, element, (*at, name), findings) for name, element in _names(value, at, findings)}

    return Kind(f"names, each with a {kind.name}", read)


def _names(value: object, at: KeyPath, findings: Findings) -> list[tuple[str, object]]:
    if not isinstance(value, dict):
        findings.value(at, f"{spoken(value)} where a table of names is wanted", "write a table with a name for each")
        return []
    for name in value:
        if not NAME.fullmatch(name):
            findings.key((*at, name), f"{shown(name)} is no name", NAME_FORM)
    return list(value.items())


def _read_key(
    key: Key, value: Mapping[str, object], at: KeyPath, findings: Findings, title: str, is_misspelt: bool
) -> Any:
    if is_misspelt and not isinstance(value[key.name], dict | list):  # whether such a value is right is told later
        return _read(key.kind, value[key.name], (*at, key.name), Findings(findings.base))
    if key.name in value:
        return _read(key.kind, value[key.name], (*at, key.name), findings)
    if key.default is ABSENT:
        return None
    if key.default is REQUIRED:
        findings.key(at, f'{title} needs "{key.name}"', key.doc)
        return key.kind.read("", at, Findings(findings.base))
    return key.kind.read(key.default, (*at, key.name), findings)


def _read(kind: Kind, value: object, at: KeyPath, findings: Findings) -> Any:
    if isinstance(value, EnvironmentText) and not kind.textual:
        try:
            value = tomllib.loads(f"value = {value}")["value"]
        except (tomllib.TOMLDecodeError, RecursionError):
            findings.value(at, f"what it says is not a {kind.name}", "write it as in the configuration")
            return kind.read("", at, Findings(findings.base))
    return kind.read(value, at, findings)


def _warn_of_what_is_not_in_effect(
    keys: tuple[Key, ...], value: Mapping[str, object], at: KeyPath, findings: Findings
) -> None:
    written = [key for key in keys if not key.in_effect and key.name in value]
    for key in written:
        _read(key.kind, value[key.name], (*at, key.name), findings)
    harmful = [key for key in written if key.harmless is not None and value[key.name] not in key.harmless]
    for key in harmful:
        findings.value(
            (*at, key.name),
            f'"{key.name}" is not in effect in this version, and leaving it out is not safe',
            key.instead,
        )
    idle = [
        key
        for key in written
        if key not in harmful and not (key.default is not ABSENT and value[key.name] == key.default)
    ]
    if not at:  # tables lie far apart: each is told of at its own place
        for key in idle:
            findings.warning((key.name,), f"{key.name} is not in effect in this version", _LATER)
    elif idle:
        names = ", ".join(key.name for key in idle)
        message = f"{names} {'is' if len(idle) == 1 else 'are'} not in effect in this version"
        findings.warning((*at, idle[0].name), message, _LATER)
