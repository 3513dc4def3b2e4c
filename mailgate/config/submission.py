"""What agents need to hand in mail themselves: the certificate of a door (STARTTLS) and their passwords (SMTP AUTH)."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mailgate.config import values as v
from mailgate.config.draft import Draft
from mailgate.config.findings import Findings, Wrong
from mailgate.config.kinds import Kind, spoken
from mailgate.config.locate import KeyPath
from mailgate.config.password_hash import parse_password_hash
from mailgate.config.settings import DoorSettings, DoorTls, Secret

CREDENTIALS = "CREDENTIALS_DIRECTORY"
_CREDENTIAL = Path(f"${CREDENTIALS}")  # stands for the directory until it is known
_FORMS = 'write "/path/to/key.pem", { file = "/path" } or { credential = "name" } (systemd LoadCredential)'


def _read(value: object, at: KeyPath, findings: Findings) -> Any:
    match [*value.items()] if isinstance(value, dict) else value:
        case str():
            return v.PATH.read(value, at, findings)
        case [("file", str(name))]:
            return v.PATH.read(name, (*at, "file"), findings)
        case [("credential", str(name))] if name and "/" not in name and "\0" not in name:
            return _CREDENTIAL / name
    findings.value(at, f"{spoken(value)} that names no key file", _FORMS)
    return findings.base


KEY_FILE = Kind("path, or { file } or { credential }", _read, textual=True)


def password_at(agent: str) -> KeyPath:
    return ("agents", agent, "password_hash")


def check(draft: Draft, revealed: Mapping[KeyPath, Secret], findings: Findings) -> None:
    """Passwords that can be read are hashes, a door has both files or none, and those with a password can use it."""
    for name in draft.password_hashes:
        _check_hash(revealed.get(password_at(name)), password_at(name), findings)
    for place, door in enumerate(draft.doors):
        if isinstance(door, DoorSettings) and door.tls is not None:
            _check_tls(door.tls, ("in", place), findings)
    secured = [door for door in draft.doors if isinstance(door, DoorSettings) and door.tls is not None]
    for name in () if secured else draft.password_hashes:
        findings.warning(
            password_at(name),
            "nobody can log in: no door of type smtp has TLS",
            'add tls_cert = "/path/cert.pem" and tls_key = "/path/key.pem" to an [[in]]',
        )


def check_files(draft: Draft, environ: Mapping[str, str], findings: Findings) -> None:
    """What only this machine knows: whether certificate and key are there. The door itself says more when it opens."""
    for place, door in enumerate(draft.doors):
        if isinstance(door, DoorSettings) and door.tls is not None:
            _check_file(door.tls.cert, ("in", place, "tls_cert"), findings)
            if _CREDENTIAL in door.tls.key.parents and not environ.get(CREDENTIALS):
                name = door.tls.key.name
                findings.value(
                    ("in", place, "tls_key"),
                    f'there is no credential "{name}": systemd gave none',
                    f"add LoadCredential={name}:/path to the unit, or say {{ file = ... }}",
                )
            else:
                _check_file(_placed(door.tls.key, environ), ("in", place, "tls_key"), findings)


def doors(draft: Draft, environ: Mapping[str, str]) -> tuple[DoorSettings, ...]:
    """The doors that listen, the keys' files where they are on this machine."""
    found = (door for door in draft.doors if isinstance(door, DoorSettings))
    return tuple(
        replace(door, tls=DoorTls(door.tls.cert, _placed(door.tls.key, environ))) if door.tls else door
        for door in found
    )


def _check_hash(secret: Secret | None, at: KeyPath, findings: Findings) -> None:
    if secret is None:
        return  # it could not be read, which was told
    try:
        parse_password_hash(secret.text)
    except Wrong as error:
        findings.value(at, str(error), error.mend)


def _check_tls(tls: DoorTls, at: KeyPath, findings: Findings) -> None:
    for path, there, missing in ((tls.cert, "tls_key", "tls_cert"), (tls.key, "tls_cert", "tls_key")):
        if path == Path():
            findings.key((*at, there), f"there is {there} but no {missing}", f'add {missing} = "/path"')


def _check_file(path: Path, at: KeyPath, findings: Findings) -> None:
    if path == Path():
        return
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        findings.warning(at, f"cannot read {path}: {error.strerror}; the door will not open", "mend the path")


def _placed(path: Path, environ: Mapping[str, str]) -> Path:
    return Path(environ[CREDENTIALS]) / path.name if _CREDENTIAL in path.parents and environ.get(CREDENTIALS) else path
