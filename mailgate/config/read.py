"""config.toml and the environment -> Config, or every mistake at once, each with file:line:column and its mend."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mailgate.config import coherence, environment, outside, secrets, submission
from mailgate.config.draft import Draft, SiteDraft
from mailgate.config.findings import NEVER_WRITTEN, Finding, Findings
from mailgate.config.locate import NOWHERE, KeyPath, Places, Spot, locate
from mailgate.config.mailbox import MailboxDraft
from mailgate.config.schema import ROOT, SITE
from mailgate.config.secrets import SecretSource
from mailgate.config.settings import Config, DoorSettings, Secret
from mailgate.errors import FilesRejected
from mailgate.problems import Problem

LARGEST = 4_000_000
BYTE_ORDER_MARK = "\ufeff"
OUT_PASSWORD: KeyPath = ("out", "password")
_BARE_FLAG = re.compile(r"(?:yes|no|on|off|true|false)\b", re.IGNORECASE)
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class ConfigRejected(FilesRejected):
    """`readable` is what config.toml says where it is right: enough to look into the files that it names, not to run.
    None where it has no queue."""

    def __init__(self, problems: tuple[Problem, ...], sources: dict[str, str], readable: Config | None) -> None:
        super().__init__(problems, sources)
        self.readable = readable


def load(path: Path, environ: Mapping[str, str], *, offline: bool = False) -> Config:
    """Read the file. `offline` leaves secrets alone, which may lie on another machine.

    Raises FilesRejected with every problem, warnings among them.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise _rejected(
            path, "", f"cannot read the configuration: {reason}", NOWHERE, "`mailgate init` makes one"
        ) from None
    if len(content) > LARGEST:
        raise _rejected(path, "", "the file is larger than 4 MB", NOWHERE, "is this the right file?")
    try:
        text = content.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        spot = Spot(before.count("\n") + 1, len(before) - before.rfind("\n"), 1)
        message = f"the byte 0x{content[error.start]:02x} is not UTF-8"
        shown = content.decode("utf-8", "replace")
        raise _rejected(path, shown, message, spot, "save the file as UTF-8") from None
    return parse(text, path, environ, offline=offline)


def parse(text: str, path: Path, environ: Mapping[str, str], *, offline: bool = False) -> Config:
    """The same for a text that is (or will be) at `path`."""
    tables = _tables(text, path)
    findings = Findings(path.absolute().parent)
    origins = environment.override(tables, environ, findings)
    draft: Draft = ROOT.read(tables, (), findings)
    coherence.check(draft, findings)
    revealed = {} if offline else _secrets(draft, environ, findings)
    submission.check(draft, revealed, findings)
    if not offline:
        submission.check_files(draft, environ, findings)
        outside.check_files(draft, findings)
    problems = _problems(findings.as_written(), path, text, origins)
    sources = {str(path): _without_secrets(printable(text), str(path), problems)}
    wrong = any(problem.severity == "error" for problem in problems)
    config = None
    if not wrong or draft.queues:
        doors = () if wrong else submission.doors(draft, environ)
        config = replace(_config(draft, path, revealed, doors, problems, sources), text=text)
    if wrong or config is None:
        raise ConfigRejected(problems, sources, config)
    return config


def load_site(environ: Mapping[str, str]) -> SiteDraft:
    """[site] from the environment alone, for what needs no more. Raises FilesRejected."""
    tables: dict[str, Any] = {"site": {"domain": "localhost"}}
    findings = Findings(Path.cwd())
    ours = {name: text for name, text in environ.items() if name.startswith(f"{environment.PREFIX}SITE__")}
    origins = environment.override(tables, ours, findings)
    site: SiteDraft = SITE.read(tables["site"], ("site",), findings)
    if findings.found:
        raise FilesRejected(_problems(findings.found, Path("[site]"), "", origins), {})
    return site


def printable(text: str) -> str:
    """The text as a terminal may show it: one line is one line, and nothing in it is obeyed."""
    kept = text.replace("\r\n", "\n")
    return kept if kept.isascii() and kept.replace("\n", "").replace("\t", "").isprintable() else _tame(kept)


def _password_hashes(draft: Draft, revealed: Mapping[KeyPath, Secret]) -> dict[str, Secret]:
    found = {name: revealed.get(submission.password_at(name)) for name in draft.password_hashes}
    return {name: secret for name, secret in found.items() if secret}


def _without_secrets(text: str, path: str, problems: Iterable[Problem]) -> str:
    """A secret that was written nevertheless goes into no terminal, journal or mail."""
    lines = text.split("\n")
    for each in problems:
        if each.path == path and each.line and each.message.endswith(NEVER_WRITTEN):
            line, start = lines[each.line - 1], each.column - 1
            lines[each.line - 1] = line[:start] + "*" * each.width + line[start + each.width :]
    return "\n".join(lines)


def _tame(text: str) -> str:
    return "".join(char if char in "\n\t" or char.isprintable() else "\ufffd" for char in text)


def _tables(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _rejected(path, text, "tables or lists lie too deep in each other", NOWHERE, "nest less deeply") from None
    except ValueError as error:  # TOMLDecodeError, and Python's own for a number of thousands of digits
        message = str(error)
        place = _TOML_PLACE.search(message)
        spot = NOWHERE
        if place:
            message = message[: place.start()]
            spot = Spot(int(place[1]), int(place[2]), 1) if place[1] else Spot(text.rstrip("\n").count("\n") + 1, 1, 1)
        mend = 'texts stand in "quotes", lists in [brackets], and every quote and bracket is closed on its line'
        if spot is not NOWHERE and _BARE_FLAG.match(text.split("\n")[spot.line - 1], spot.column - 1):
            mend = "write true or false"
        raise _rejected(path, text, f"this is not TOML: {message}", spot, mend) from None


def _secrets(draft: Draft, environ: Mapping[str, str], findings: Findings) -> Mapping[KeyPath, Secret]:
    """Each secret that can be read, by the path of its key."""
    sources: dict[KeyPath, SecretSource | None] = {OUT_PASSWORD: draft.out.password}
    sources |= {submission.password_at(name): source for name, source in draft.password_hashes.items()}
    sources |= {outside.secret_at(name): each.secret for name, each in draft.webhooks.items()}
    for place, door in enumerate(draft.doors):
        if isinstance(door, MailboxDraft):
            sources[_door_password(place)] = door.password
    found = {
        at: secrets.reveal(source, environ, at, findings) for at, source in sources.items() if source and source.way
    }
    return {at: secret for at, secret in found.items() if secret is not None}


def _door_password(place: int) -> KeyPath:
    return ("in", place, "password")


def _config(
    draft: Draft,
    path: Path,
    revealed: Mapping[KeyPath, Secret],
    doors: tuple[DoorSettings, ...],
    warnings: tuple[Problem, ...],
    sources: Mapping[str, str],
) -> Config:
    mailboxes = tuple(
        door.with_password(revealed.get(_door_password(place), Secret("")))
        for place, door in enumerate(draft.doors)
        if isinstance(door, MailboxDraft)
    )
    return Config(
        path=path,
        site=draft.site.site(draft.site.default_queue or next(iter(draft.queues))),
        number_start=draft.site.number_start,
        database_url=draft.database_url,
        keys_file=draft.keys_file,
        limits=draft.limits,
        rules_dir=draft.rules_dir,
        require_tests=draft.require_tests,
        templates_dir=draft.templates_dir,
        doors=doors,
        out=draft.out.settings(revealed.get(OUT_PASSWORD)),
        queues=draft.queues,
        teams=draft.teams,
        agents=draft.agents,
        password_hashes=_password_hashes(draft, revealed),
        fields=tuple(draft.fields),
        plus_addresses_are_one=draft.customers.plus_addresses_are_one,
        log=draft.log,
        warnings=warnings,
        sources=sources,
        mailboxes=mailboxes,
        agents_policy=draft.agents_policy,
        relay=draft.out.relay(mailboxes),
        groups=draft.customers.groups,
        webhooks=outside.with_secrets(draft, revealed),
        programs=draft.programs,
        calendars=draft.calendars,
        max_tickets_per_run=draft.max_tickets_per_run,
    )


def _problems(found: list[Finding], path: Path, text: str, origins: Mapping[KeyPath, str]) -> tuple[Problem, ...]:
    if not found:
        return ()
    places = locate(text)
    return tuple(dict.fromkeys(_problem(finding, path, places, origins) for finding in found))


def _problem(finding: Finding, path: Path, places: Places, origins: Mapping[KeyPath, str]) -> Problem:
    for length in range(len(finding.at), 0, -1):
        if variable := origins.get(finding.at[:length]):
            return Problem(f"${variable}", 0, 0, finding.message, "", finding.mend, finding.severity)
    spot = places.key(finding.at) if finding.on_key else places.value(finding.at)
    return Problem(
        str(path), spot.line, spot.column, finding.message, "", finding.mend, finding.severity, min(spot.width, 200)
    )


def _rejected(path: Path, text: str, message: str, spot: Spot, mend: str = "") -> FilesRejected:
    problem = Problem(str(path), spot.line, spot.column, message, mend=mend, width=spot.width)
    return FilesRejected((problem,), {str(path): printable(text)})
