"""A case as its directory says it: `case.toml` and the files beside it. A misspelt key fails the test.

shows = "An answer from Gmail on Android reaches the customer without footer, token or quotation of ours."
[desk.teams]                        # goes over DESK, section by section, key by key
first-line = ["nina", "kim"]
[[steps]]
mail = "in-1-ana.eml"               # at = "0m": since the beginning; from, to: the envelope; sender = "none"
[[steps]]
wait = "3m"                         # time passes: delayed mail goes, what is pending falls due
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from mailgate.duration import parse_duration
from tests.support.daemon import toml

DIRECTORY = Path(__file__).resolve().parent
DOMAIN = "example.com"
BORDER = f"mx.{DOMAIN}"

# Everybody's address; who is no agent is somebody outside.
PEOPLE = {
    "ana": "ana@acme.example",
    "ben": "ben@acme.example",
    "vera": "vera@versand.example",
    "luc": "luc@atelier.example",
    "rui": "rui@oficina.example",
    "mallory": "mallory@evil.example",
    "nina": "nina@staff.example",
    "kim": "kim@staff.example",
    "ines": "ines@staff.example",
    "jonas": "jonas@staff.example",
    "root": "root@staff.example",
}

DESK: Mapping[str, Mapping[str, Any]] = {
    "site": {
        "name": "Example",
        "domain": DOMAIN,
        "timezone": "Europe/Berlin",
        "number_start": 1042,
        "admins": [PEOPLE["root"]],
    },
    "queues": {
        "support": {
            "title": "Support",
            "addresses": [f"support@{DOMAIN}", f"help@{DOMAIN}"],
            "from": f"Example Support <support@{DOMAIN}>",
            "team": "first-line",
        },
        "billing": {"title": "Billing", "addresses": [f"billing@{DOMAIN}"], "team": "accounts"},
    },
    "teams": {"first-line": ["nina"], "accounts": ["kim"]},
    "agents": {
        "nina": {"name": "Nina Costa", "email": PEOPLE["nina"], "also": ["nina@home.example"]},
        "kim": {"name": "Kim Vega", "email": PEOPLE["kim"], "roles": ["agent", "lead"]},
        "ines": {"name": "Inés Soto", "email": PEOPLE["ines"], "language": "es"},
        "jonas": {"name": "Jonas Weiß", "email": PEOPLE["jonas"], "language": "de"},
    },
}


@dataclass(frozen=True, slots=True)
class Step:
    """A mail that comes, or time that passes. `at` None: at once after the step before."""

    mail: str = ""
    at: timedelta | None = None
    wait: timedelta | None = None
    reverse_path: str | None = None  # "<>": null; None: the author
    forward_paths: tuple[str, ...] = ()  # none: our addresses in To and Cc
    sender: str = "pass"  # what our border says of the author: pass, fail, none
    login: str | None = None  # SMTP AUTH
    refuses: Mapping[str, str] | None = None  # address -> what its server says from now on


@dataclass(frozen=True, slots=True)
class Case:
    directory: Path
    shows: str
    never: tuple[str, ...]
    desk: Mapping[str, Mapping[str, Any]]
    steps: tuple[Step, ...]

    def config(self, database_url: str, directory: Path) -> str:
        """config.toml; keys, rules and templates lie in `directory`."""
        sections: dict[str, Any] = {name: dict(section) for name, section in DESK.items()}
        for name, section in self.desk.items():
            mine = sections.setdefault(name, {})
            for key, value in section.items():
                merged = isinstance(value, Mapping) and isinstance(mine.get(key), Mapping)
                mine[key] = {**mine[key], **value} if merged else value
        sections["database"] = {"url": database_url}
        sections["keys"] = {"file": str(directory / "keys")}
        sections["rules"] = {"dir": str(directory / "rules")}
        sections["templates"] = {"dir": str(directory / "templates")}
        sections["out"] = {"paused": True, **sections.get("out", {})}
        lines = []
        for name, section in sections.items():
            lines += [f"[{name}]", *(f'"{key}" = {toml(value)}' for key, value in section.items()), ""]
        door = {"name": "smtp", "type": "smtp", "listen": "127.0.0.1:0", "peers": ["127.0.0.1/32"]}
        door |= {"trusted_authserv": [BORDER]}
        return "\n".join([*lines, "[[in]]", *(f"{key} = {toml(value)}" for key, value in door.items()), ""])


def directories() -> list[Path]:
    """Every case."""
    return sorted(path.parent for path in DIRECTORY.glob("*/case.toml"))


def read_case(directory: Path) -> Case:
    found = tomllib.loads(directory.joinpath("case.toml").read_text())
    assert set(found) <= {"shows", "never", "desk", "steps"}, f"{directory.name}/case.toml: {sorted(found)}"
    steps = tuple(_step(directory, dict(step)) for step in found["steps"])
    unused = {path.name for path in directory.glob("in-*.eml")} - {step.mail for step in steps}
    assert not unused, f"{directory.name}: no step sends {sorted(unused)}"
    return Case(directory, found["shows"], tuple(found.get("never", ())), found.get("desk", {}), steps)


def _step(directory: Path, found: dict[str, Any]) -> Step:
    at, wait = found.pop("at", None), found.pop("wait", None)
    step = Step(
        mail=found.pop("mail", ""),
        at=None if at is None else parse_duration(at),
        wait=None if wait is None else parse_duration(wait),
        reverse_path=found.pop("from", None),
        forward_paths=tuple(found.pop("to", ())),
        sender=found.pop("sender", "pass"),
        login=found.pop("login", None),
        refuses=found.pop("refuses", None),
    )
    assert not found, f"{directory.name}/case.toml: unknown in a step: {sorted(found)}"
    assert bool(step.mail) != (step.wait is not None), f"{directory.name}/case.toml: a step is a mail or a wait"
    return step
