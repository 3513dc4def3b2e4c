"""`mailgate check`: configuration, rules, their tests and templates; every mistake at once. Nothing is written."""

import argparse
import os
from pathlib import Path
from typing import Any

from mailgate import keyfile
from mailgate.cli.configured import find
from mailgate.cli.findings import Found
from mailgate.cli.packaged import packaged_templates
from mailgate.config.policy import vocabulary
from mailgate.config.read import ConfigRejected, load
from mailgate.config.settings import Config
from mailgate.errors import CannotStart, FilesRejected
from mailgate.notify.templates import Templates
from mailgate.problems import Problem
from mailgate.rules import ruleset
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.vocabulary import Vocabulary
from mailgate.service.rule_tests import ReadTests, Theatre, read_with
from mailgate.service.snapshot import checked, names_of, take, templates_of

OF_THE_CONFIGURATION = {"MG101", "MG102", "MG103", "MG107", "MG108", "MG109", "MG140", "MG141"}  # names that it gives


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "check", help="check configuration, rules, tests and templates; says every mistake with its line"
    )
    parser.add_argument(
        "--offline", action="store_true", help="leave out what only this machine knows: secrets and keys"
    )


def run(args: argparse.Namespace) -> int:
    found = Found()
    try:
        config = load(find(args.config, os.environ), os.environ, offline=args.offline)
    except FilesRejected as error:
        reject(error, found)
        return found.tell(args, "")
    found.add(config.warnings, config.sources)
    if not args.offline:
        check_keys(config.keys_file, found)
    templates = check_templates(config, found)
    rules = check_rules(config, templates, found)
    tests = check_tests(config, templates, rules, found)
    if not found.wrong:
        check_given(config, tests, found)
    return found.tell(args, _praise(config, templates, rules))


def reject(error: FilesRejected, found: Found) -> None:
    """A mistake in config.toml hides none in the files beside it: they are looked into as far as it can be read.

    Not told is what may come of that mistake, as a queue that is not there, and warnings.
    """
    found.reject(error)
    config = error.readable if isinstance(error, ConfigRejected) else None
    if config is None:
        return
    beside = Found()
    templates = check_templates(config, beside)
    check_tests(config, templates, check_rules(config, templates, beside), beside)
    sure = (each for each in beside.problems if each.severity == "error" and each.line)
    found.add(tuple(each for each in sure if each.code not in OF_THE_CONFIGURATION), beside.sources)


def check_keys(path: Path, found: Found) -> None:
    """A key file that is not there yet is no mistake: the first start on an empty database makes it."""
    if path.exists():
        try:
            keyfile.read(path)
        except CannotStart as error:
            found.add((Problem(str(path), 0, 0, str(error)),), {})


def check_templates(config: Config, found: Found) -> Templates | None:
    _, unread = templates_of(config.templates_dir)
    if unread:
        found.add(unread, {})
        return None
    try:
        return Templates.load(config.templates_dir, packaged_templates())
    except FilesRejected as error:
        found.reject(error)
        return None


def check_rules(config: Config, templates: Templates | None, found: Found) -> Ruleset | None:
    rules, problems, sources = ruleset.check(config.rules_dir, _names(config, templates))
    found.add(problems, sources)
    return rules


def check_tests(config: Config, templates: Templates | None, rules: Ruleset | None, found: Found) -> ReadTests:
    """The files of tests are read, and not played."""
    tests = read_with(_names(config, templates), rules, config.rules_dir)
    found.add(tests.problems, tests.sources)
    return tests


def check_given(config: Config, tests: ReadTests, found: Found) -> None:
    """What tests ask of the configuration. Everything else is right."""
    if any(each.given.config for each in tests.scenarios):
        with Theatre(checked(take(config), packaged_templates()), os.environ) as theatre:
            found.add(theatre.check(tests.scenarios), {})


def _names(config: Config, templates: Templates | None) -> Vocabulary:
    if templates is None:
        return vocabulary(config, _names_of_files(config), None)
    return vocabulary(config, templates.names, templates.reports)


def _names_of_files(config: Config) -> frozenset[str]:
    directories = (config.templates_dir, packaged_templates())
    return names_of(str(path) for directory in directories for path in directory.glob("*/*.md"))


def _praise(config: Config, templates: Templates | None, rules: Ruleset | None) -> str:
    counts = (
        (len(config.queues), "queue"),
        (len(config.agents), "agent"),
        (len(rules.rules) if rules else 0, "rule"),
        (len(templates.names) if templates else 0, "template"),
    )
    return (
        f"{config.path}: "
        + ", ".join(f"{count} {name}{'s' * (count != 1)}" for count, name in counts)
        + "; no mistakes"
    )
