"""A set on its way from files to what decides: read once, checked whole, the same from disk and from the database.

    config.toml   rules/10-routing.yaml  rules/lists/vip.txt ...   templates/_brand.toml  templates/en/received.md ...
    templates/logo.png (a picture's text is base64)

Checking fails with FilesRejected, every mistake of every file at once, each with the path of the file on disk.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from mailgate.config.policy import vocabulary
from mailgate.config.read import load, parse
from mailgate.config.settings import Config
from mailgate.errors import FilesRejected
from mailgate.notify.brand import logo_file
from mailgate.notify.logo import MAX_OCTETS
from mailgate.notify.template_reader import BRAND
from mailgate.notify.templates import Templates
from mailgate.problems import Problem
from mailgate.rules import ruleset
from mailgate.rules.files import read_directory
from mailgate.rules.syntax import MAX_BYTES
from mailgate.service.active import ActiveSet, CheckedSet
from mailgate.store.sets import hash_of

CONFIG, RULES, TEMPLATES = "config.toml", "rules/", "templates/"
LARGEST_TEMPLATE = 1_000_000  # octets
TOO_LARGE = f"the template holds more than {LARGEST_TEMPLATE:,} bytes"
PICTURES = (".png", ".jpg", ".jpeg", ".gif")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a set as they were at one moment, and what could not be read of them."""

    config: Config
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()


def take(config: Config) -> Snapshot:
    """The files that belong to a configuration that was just read. Blocks for as long as the disk needs."""
    rules, problems = read_directory(config.rules_dir, MAX_BYTES, ruleset.MAX_TOTAL_BYTES, ruleset.MAX_FILES)
    templates, unread = templates_of(config.templates_dir)
    files = {CONFIG: config.text.encode()}
    files |= {RULES + name: raw for name, raw in rules.items()}
    files |= {TEMPLATES + name: raw for name, raw in templates.items()}
    return Snapshot(config, files, (*problems, *unread))


def take_files(path: Path, environ: Mapping[str, str], *, offline: bool = False) -> Snapshot:
    """config.toml as it now is, and its files. Raises FilesRejected where config.toml has mistakes."""
    return take(load(path, environ, offline=offline))


def take_texts(files: Mapping[str, str], path: Path, environ: Mapping[str, str], *, offline: bool = False) -> Snapshot:
    """A stored set, as if config.toml lay at `path`. Raises FilesRejected where config.toml has mistakes."""
    config = parse(files.get(CONFIG, ""), path, environ, offline=offline)
    return Snapshot(config, _octets(files))


def checked(snapshot: Snapshot, packaged: Path | None, running: ActiveSet | None = None) -> CheckedSet:
    """The set that a snapshot holds. Raises FilesRejected. Templates that are as in `running` are not read again: that
    is most of the work."""
    config, found = snapshot.config, list(snapshot.problems)
    sources = dict(config.sources)
    names = _below(TEMPLATES, snapshot.files)
    templates = None
    try:
        if running is not None and names == _below(TEMPLATES, _octets(running.files)):
            templates = running.templates
        else:
            templates = _loaded(names, config.templates_dir, packaged)
    except FilesRejected as error:
        found += error.problems
        sources |= error.sources
    known = templates.names if templates else names_of(names) | _packaged_names(packaged)
    words = vocabulary(config, known, templates.reports if templates else None)
    rules, problems, texts = ruleset.compiled(_below(RULES, snapshot.files), words, str(config.rules_dir))
    files, unreadable = _texts(snapshot)
    found += problems
    told = {each.path for each in found}
    found += (each for each in unreadable if each.path not in told)
    sources |= texts
    if templates is None or rules is None or any(each.severity == "error" for each in found):
        raise FilesRejected(tuple(dict.fromkeys((*config.warnings, *found))), sources)
    return CheckedSet(hash_of(files), files, config, rules, templates)


def with_rules(running: ActiveSet, directory: Path) -> ActiveSet:
    """The set with the rules of another directory, under the hash that a reload would give it. Raises FilesRejected."""
    names = vocabulary(running.config, running.templates.names, running.templates.reports)
    rules, problems, sources = ruleset.check(directory, names)
    if rules is None:
        raise FilesRejected(problems, dict(sources))
    files = {name: text for name, text in running.files.items() if not name.startswith(RULES)}
    files |= {RULES + name: text for name, text in rules.files.items()}
    rules = replace(rules, hash=hash_of(files))
    return replace(running, policy=replace(running.policy, rules=rules), files=files)


def differing(snapshot: Snapshot, files: Mapping[str, str]) -> tuple[str, ...]:
    """The names of those files that are not as in `files`: changed, new or gone."""
    before = _octets(files)
    names = sorted(before.keys() | snapshot.files.keys())
    return tuple(name for name in names if before.get(name) != snapshot.files.get(name))


def differing_on_disk(
    path: Path, environ: Mapping[str, str], running: Config, files: Mapping[str, str]
) -> tuple[str, ...]:
    """The names of the files that are not as in the set that runs with `running`."""
    try:
        config = load(path, environ, offline=True)
    except FilesRejected:
        config = replace(running, text="")  # as it is not what runs, whatever it is
    return differing(take(config), files)


def _texts(snapshot: Snapshot) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """The files as texts; what is none may be a file that nothing reads, and is a mistake all the same."""
    texts: dict[str, str] = {}
    problems = []
    for name, raw in snapshot.files.items():
        try:
            texts[name] = b64encode(raw).decode() if _is_picture(name) else raw.decode()
        except UnicodeDecodeError:
            problems.append(
                Problem(_on_disk(name, snapshot.config), 0, 0, "this is not UTF-8", mend="save it as UTF-8")
            )
    return texts, tuple(problems)


def _on_disk(name: str, config: Config) -> str:
    for prefix, directory in ((RULES, config.rules_dir), (TEMPLATES, config.templates_dir)):
        if name.startswith(prefix):
            return str(directory / name.removeprefix(prefix))
    return str(config.path)


def _octets(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: b64decode(text) if _is_picture(name) else text.encode() for name, text in files.items()}


def _is_picture(name: str) -> bool:
    return name.startswith(TEMPLATES) and name.lower().endswith(PICTURES)


def _below(prefix: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(prefix): raw for name, raw in files.items() if name.startswith(prefix)}


def templates_of(directory: Path) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """The files that Templates reads, and no other."""
    paths = [*directory.glob("_*.toml"), *directory.glob("_*.j2"), *directory.glob("*/*.md"), *directory.glob("*/*.j2")]
    files: dict[str, bytes] = {}
    problems = []
    for path in sorted(paths):
        try:
            if not path.is_file():
                raise OSError("it is not a file")  # a pipe would block
            with path.open("rb") as file:
                raw = file.read(LARGEST_TEMPLATE + 1)
            if len(raw) > LARGEST_TEMPLATE:
                problems.append(Problem(str(path), 0, 0, TOO_LARGE, mend="split it, or leave out what no mail needs"))
                continue
            files[path.relative_to(directory).as_posix()] = raw
        except OSError as error:
            problems.append(Problem(str(path), 0, 0, f"cannot be read: {error.strerror or error}"))
    named = logo_file(files.get(BRAND, b"").decode("utf-8", "replace"))
    if named is not None and (directory / named.name).is_file():
        try:
            with (directory / named.name).open("rb") as file:
                files[named.name] = file.read(MAX_OCTETS + 1)  # Templates says what is wrong with it
        except OSError as error:
            problems.append(Problem(str(directory / named.name), 0, 0, f"cannot be read: {error.strerror or error}"))
    return files, tuple(problems)


def _loaded(files: Mapping[str, bytes], directory: Path, packaged: Path | None) -> Templates:
    """The templates, read from a copy of their own; what is wrong is told as of `directory`."""
    with TemporaryDirectory(prefix="mailgate-templates-") as name:
        copy = Path(name, "templates")
        if files or directory.is_dir():
            copy.mkdir()
        for file, raw in files.items():
            path = copy / file
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(raw)
        try:
            return Templates.load(copy, packaged)
        except FilesRejected as error:
            problems = tuple(_told_of(each, str(copy), str(directory)) for each in error.problems)
            sources = {path.replace(str(copy), str(directory)): text for path, text in error.sources.items()}
            raise FilesRejected(problems, sources) from None


def _told_of(problem: Problem, copy: str, directory: str) -> Problem:
    return replace(
        problem, path=problem.path.replace(copy, directory), message=problem.message.replace(copy, directory)
    )


def names_of(files: Iterable[str]) -> frozenset[str]:
    """Templates that are wrong are still there: rules that name them are not wrong, too."""
    paths = [Path(name) for name in files]
    return frozenset(path.stem for path in paths if path.match("*/*.md") and not path.name.startswith("_"))


def _packaged_names(packaged: Path | None) -> frozenset[str]:
    return names_of(map(str, packaged.glob("*/*.md"))) if packaged else frozenset()
