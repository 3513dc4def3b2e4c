"""Sets of rules to play tests on: a desk of two queues and two agents, with the packaged templates."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from textwrap import dedent

from mailgate.config.policy import vocabulary
from mailgate.config.read import parse
from mailgate.notify.templates import Templates
from mailgate.problems import Problem, report
from mailgate.rules.ruleset import compiled
from mailgate.rules.scenario import Scenario
from mailgate.rules.scenario_reader import read_scenarios
from mailgate.service.active import CheckedSet
from mailgate.service.rule_tests import Result, Theatre
from mailgate.store.sets import hash_of
from tests.support.daemon import ROOT

CONFIG = """
[site]
name = "Desk"
domain = "example.com"
timezone = "Europe/Berlin"
admins = ["ops@staff.example"]
[database]
url = "sqlite:///mailgate.db"
[keys]
file = "keys"
[rules]
dir = "rules"
[templates]
dir = "templates"
[[in]]
name = "smtp"
type = "smtp"
listen = "127.0.0.1:0"
[out]
maildir = "mail"
[queues.support]
addresses = ["support@example.com"]
team = "first-line"
[queues.billing]
addresses = ["billing@example.com"]
team = "first-line"
[teams]
first-line = ["nina", "kim"]
[agents.nina]
name = "Nina Costa"
email = "nina@staff.example"
[agents.kim]
name = "Kim Vega"
email = "kim@staff.example"
"""
SHIPPED = {path.name: path.read_text() for path in sorted((ROOT / "rules").glob("*.yaml"))}


@cache
def templates() -> Templates:
    return Templates.load(ROOT / "templates", ROOT / "templates")


def made(rules: Mapping[str, str] | str = "", config: str = CONFIG) -> CheckedSet:
    """A set of these rules: one file, or several by their names; their mistakes fail the test."""
    texts = {"10.yaml": dedent(rules)} if isinstance(rules, str) else dict(rules)
    read = parse(config, Path("/nowhere/config.toml"), {}, offline=True)
    names = vocabulary(read, templates().names)
    ruleset, problems, sources = compiled({name: text.encode() for name, text in texts.items() if text}, names)
    assert ruleset is not None, report(problems, sources)
    return CheckedSet(hash_of(texts), texts, read, ruleset, templates())


def read(text: str, of: CheckedSet, fixtures: Mapping[str, bytes] | None = None) -> list[Scenario]:
    """The tests of one file, which has no mistake."""
    scenarios, problems, sources = reading(text, of, fixtures)
    assert not problems, report(problems, sources)
    return list(scenarios)


def reading(
    text: str, of: CheckedSet, fixtures: Mapping[str, bytes] | None = None
) -> tuple[tuple[Scenario, ...], tuple[Problem, ...], Mapping[str, str]]:
    files = {"a.test.yaml": dedent(text).encode()}
    names = vocabulary(of.config, of.templates.names)
    found = fixtures or {}
    return read_scenarios(files, lambda _: lambda name: found.get(name, "there is no such file"), names, of.rules)


def played(text: str, of: CheckedSet, fixtures: Mapping[str, bytes] | None = None) -> list[Result]:
    with Theatre(of, {}) as theatre:
        return list(theatre.play(read(text, of, fixtures)))


def passes(text: str, of: CheckedSet, fixtures: Mapping[str, bytes] | None = None) -> None:
    """Every test of the text, else what differs is told."""
    assert [each.failed for each in played(text, of, fixtures)] == [None] * len(read(text, of, fixtures))


def differences(text: str, of: CheckedSet) -> list[tuple[str, str, str]]:
    """What differs in the one test of the text."""
    [result] = played(text, of)
    assert result.failed is not None
    return [(each.what, each.expected, each.got) for each in result.failed.differences]
