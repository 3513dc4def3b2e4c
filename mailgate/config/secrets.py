"""Secrets: never written in a configuration, only named there: `{ env }`, `{ file }` or `{ credential }`.

A literal password is an error that says how to write it; one that cannot be read says where it was looked for.
"""

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailgate.config.findings import NEVER_WRITTEN, Findings, Wrong, shown
from mailgate.config.kinds import Kind, spoken
from mailgate.config.locate import KeyPath
from mailgate.config.settings import Secret

FORMS = '{ env = "NAME" }, { file = "/path" } or { credential = "name" } (systemd LoadCredential)'
LARGEST = 65_536

_PUT = "put the secret there, in one line; `check --offline` leaves secrets out"


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where a secret lies: one way of `env`, `file`, `credential`, and the name there; no way after a mistake."""

    way: str
    name: str
    base: Path


def _read(value: object, at: KeyPath, findings: Findings) -> SecretSource:
    if isinstance(value, str):
        findings.value(at, f"a secret {NEVER_WRITTEN}", f"write {FORMS}")
    elif not isinstance(value, dict) or len(value) != 1 or not value.keys() <= {"env", "file", "credential"}:
        findings.value(at, f"{spoken(value)} that names no secret", f"write {FORMS}")
    else:
        [(way, name)] = value.items()
        if isinstance(name, str) and name and "\0" not in name and not (way == "credential" and "/" in name):
            return SecretSource(way, name, findings.base)
        findings.value((*at, way), f"{shown(str(name))} is not the name of a secret", f"write {FORMS}")
    return SecretSource("", "", findings.base)


SECRET = Kind("secret", _read)


def reveal(source: SecretSource, environ: Mapping[str, str], at: KeyPath, findings: Findings) -> Secret | None:
    """The secret itself, without one closing line break; None, and a finding, where it cannot be read."""
    try:
        match source.way:
            case "env":
                return Secret(_from_environment(source.name, environ))
            case "file":
                return Secret(_from_file(source.base / source.name, at, findings))
            case _:
                return Secret(_from_credential(source.name, environ, at, findings))
    except ValueError as error:
        findings.value(at, str(error), getattr(error, "mend", "") or _PUT)
        return None


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    if not environ.get(name):
        raise Wrong(f"the environment variable {shown(name)} is not set")
    return environ[name]


def _from_credential(name: str, environ: Mapping[str, str], at: KeyPath, findings: Findings) -> str:
    directory = environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        raise Wrong(
            f"there is no credential {shown(name)}: systemd gave none",
            f"add LoadCredential={name}:/path to the unit, or say {{ file = ... }}",
        )
    return _from_file(Path(directory) / name, at, findings, private=False)


def _from_file(path: Path, at: KeyPath, findings: Findings, private: bool = True) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device could keep us for ever
            raise Wrong(f"the secret file {path} is not a regular file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise Wrong(f"cannot read the secret file {path}: {error.strerror}") from None
    if private and status.st_mode & 0o077:
        findings.warning(at, f"the secret file {path} can be read by others", f"chmod 600 {path}")
    return _text(path, content)


def _text(path: Path, content: bytes) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Wrong(f"the secret file {path} is not UTF-8 text") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text or len(content) > LARGEST:
        raise Wrong(f"the secret file {path} is {'larger than 64 KiB' if text else 'empty'}")
    if not text.isprintable():
        raise Wrong(f"the secret file {path} holds more than one line, or a control character")
    return text
