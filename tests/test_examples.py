"""Every example of every page is run, loaded, or stands here with what proves it: a block that nothing covers fails.

Blocks of `console` are run in `tests/blackbox/test_docs.py`.
"""

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailgate.cli.main import command_of, parser
from mailgate.config.read import parse
from mailgate.notify.templates import Templates
from tests.blackbox.conftest import need
from tests.config.texts import WHOLE
from tests.rules.desk import rules
from tests.support.daemon import ROOT
from tests.support.pages import PAGES, RUN, Block, blocks

ALL = [block for page in PAGES for block in blocks(page)]
ARE_RUN = {str(page.relative_to(ROOT)) for page in RUN}
LOADED = ("toml", "yaml")  # below, where no test of the page itself does more

# Page and language -> the test that reads those blocks from the page.
PROVEN = {
    ("docs/how-to/approve-by-mail.md", "yaml"): "tests/service/test_processes.py",
    ("docs/how-to/call-another-system.md", "toml"): "tests/delivery/test_signature.py",
    ("docs/how-to/call-another-system.md", "yaml"): "tests/delivery/test_signature.py",
    ("docs/how-to/call-another-system.md", "python"): "tests/delivery/test_signature.py",
    ("docs/how-to/call-another-system.md", "json"): "tests/store/test_calls.py",
    ("docs/how-to/routing-recipes.md", "yaml"): "tests/rules/setups/test_recipes.py",
    ("docs/reference/rules.md", "yaml"): "tests/rules/test_reference.py",
    ("docs/reference/rule-findings.md", "yaml"): "tests/rules/test_findings_page.py",
    ("docs/reference/templates.md", "jinja"): "tests/notify/test_reference.py",
    ("docs/reference/reading-mail.md", "eml"): "tests/cli/test_reading_mail.py",
    ("docs/reference/reading-mail.md", "text"): "tests/cli/test_reading_mail.py",
    ("docs/reference/commands.md", "text"): "tests/commands/test_reference.py",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A block that is neither run nor loaded: why, and the test of what it shows."""

    why: str
    test: str = ""


A_PICTURE = Shown("a picture, or a tree of files, in letters")
A_MAIL = Shown("a mail as a mail program shows it, in parts")
PARSED = Shown("it needs a desk with a past; its commands are parsed", "tests/test_examples.py")
POSTFIX = Shown("Postfix itself reads it", "tests/test_examples.py")
TEN, WEEK = "docs/tutorial/first-ten-minutes.md", "docs/tutorial/first-week-as-an-agent.md"

# Page, and how the block begins.
SHOWN = {
    ("README.md", "make demo "): Shown("make's targets exist", "tests/blackbox/test_docs.py"),
    ("README.es.md", "make demo "): Shown("make's targets exist", "tests/blackbox/test_docs.py"),
    ("README.es.md", "$ make demo"): Shown("compared with README.md, which is run", "tests/blackbox/test_docs.py"),
    ("docs/architecture.md", "customer's MTA"): A_PICTURE,
    ("docs/architecture.md", "event ── rules"): A_PICTURE,
    ("docs/architecture.md", "cli ──"): A_PICTURE,
    ("docs/how-to/behind-postfix.md", "relay_domains"): POSTFIX,
    ("docs/how-to/behind-postfix.md", "/^support"): POSTFIX,
    ("docs/how-to/behind-postfix.md", "mailgate  unix"): POSTFIX,
    ("docs/how-to/behind-postfix.md", "mailgate -C"): PARSED,
    ("docs/how-to/call-another-system.md", "$ mailgate outbox"): PARSED,
    ("docs/how-to/let-agents-submit.md", "$ mailgate password"): Shown("it asks", "tests/cli/test_password.py"),
    ("docs/how-to/let-agents-submit.md", "$ mailgate check"): PARSED,
    ("docs/how-to/let-agents-submit.md", "$ mailgate explain"): PARSED,
    ("docs/how-to/let-agents-submit.md", "$ swaks"): Shown(
        "needs a host and its key", "tests/blackbox/test_submission.py"
    ),
    ("docs/how-to/let-agents-submit.md", "set ssl_starttls"): Shown("mutt itself reads it", "tests/test_examples.py"),
    ("docs/how-to/read-a-mailbox.md", "$ mailgate check"): PARSED,
    ("docs/how-to/read-a-mailbox.md", "$ mailgate status"): Shown("needs a mailbox", "tests/blackbox/test_imap.py"),
    ("docs/how-to/read-a-mailbox.md", "$ mailgate ticket list"): Shown(
        "needs a mailbox", "tests/blackbox/test_imap.py"
    ),
    ("docs/how-to/read-a-mailbox.md", "Subject: Support"): A_MAIL,
    ("docs/reference/rule-findings.md", "error[MG110]"): Shown("a finding", "tests/cli/test_check.py"),
    ("docs/reference/rule-findings.md", "MG401 info"): Shown("a finding", "tests/cli/test_rules.py"),
    ("docs/reference/rule-findings.md", "info[MG402]"): Shown("a finding", "tests/cli/test_tested.py"),
    ("docs/reference/rules.md", "rules/"): A_PICTURE,
    ("docs/reference/rules.md", "error[MG004]"): Shown("printed anew and compared", "tests/rules/test_reference.py"),
    ("docs/reference/templates.md", "templates/"): A_PICTURE,
    ("docs/reference/templates.md", "mailgate template list"): PARSED,
    (TEN, "Date: "): A_MAIL,
    (TEN, "#pending 3d"): Shown("what is typed in a mail program; sent by the page", "tests/blackbox/test_docs.py"),
    (TEN, "From: Nina"): A_MAIL,
    (WEEK, "From: Ana"): A_MAIL,
    (WEEK, "#close"): Shown("commands exist", "tests/blackbox/test_docs.py"),
    (WEEK, "Nothing was sent"): A_MAIL,
}


def shown(block: Block) -> list[tuple[str, str]]:
    return [key for key in SHOWN if key[0] == block.page and block.text.lstrip().startswith(key[1])]


def covered(block: Block) -> bool:
    if block.language == "console" and block.page in ARE_RUN:
        return True
    return bool(shown(block)) or (block.page, block.language) in PROVEN or block.language in LOADED


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_a_page_is_run_loaded_or_proven(page: Path) -> None:
    left = [f"{block.page}:{block.line}: {block.first}" for block in blocks(page) if not covered(block)]
    assert left == []


def test_what_is_said_to_prove_a_block_is_there_and_reads_that_page() -> None:
    there = {(block.page, block.language) for block in ALL}
    assert PROVEN.keys() <= there
    for (page, _), test in PROVEN.items():
        assert Path(page).stem in (ROOT / test).read_text(), test
    used = {key for block in ALL for key in shown(block)}
    assert SHOWN.keys() == used
    assert all((ROOT / each.test).is_file() for each in SHOWN.values() if each.test)


OWN = [each for each in ALL if each.language in LOADED and (each.page, each.language) not in PROVEN]


@pytest.mark.parametrize("page", sorted({each.page for each in OWN if each.language == "toml"}))
def test_the_pieces_of_configuration_of_a_page_are_one_without_a_mistake(page: str) -> None:
    text = merged("".join(each.text for each in OWN if (each.page, each.language) == (page, "toml")))
    assert parse(text, Path("/nowhere/config.toml"), {}, offline=True).warnings == ()


@pytest.mark.parametrize("block", [each for each in OWN if each.language == "yaml"], ids=lambda each: each.page)
def test_every_other_rule_of_a_page_loads(block: Block) -> None:
    text = block.text if block.text.startswith("rules:") else f"rules:\n{block.text}"
    assert rules(text).warnings == ()


def merged(piece: str) -> str:
    """A whole configuration with the piece; a table that stands in both is the piece's."""
    tables = re.findall(r"(?ms)^\[.*?(?=^\[|\Z)", WHOLE)
    mine = set(re.findall(r"(?m)^\[.*\]$", piece))
    return "".join(each for each in tables if each.partition("\n")[0] not in mine) + piece


TYPED = [
    (block, line.removeprefix("$ "))
    for block in ALL
    for line in block.text.replace("\\\n", "").splitlines()
    if re.match(r"(\$ )?(\.venv/bin/)?mailgate [a-z-]", line) and (line.startswith("$") or block.language == "")
]


@pytest.mark.parametrize("typed", TYPED, ids=lambda pair: f"{pair[0].page}:{pair[0].line} {pair[1][:40]}")
def test_every_command_that_a_page_shows_is_one(typed: tuple[Block, str]) -> None:
    line = re.split(r"\s{3,}|;\s*--|[|<>;]|2>&1| \|\| | & ", typed[1].replace(" [DIR]", ""))[0]
    words = shlex.split(line)[1:]
    assert parser(command_of(words)).parse_args(words).command == command_of(words)


def test_every_count_of_rules_and_templates_is_that_of_a_new_desk() -> None:
    """Pages that are not run go stale by it; a page that adds one of its own is run."""
    shipped = sum(path.read_text().count("\n  - name: ") for path in (ROOT / "rules").glob("*.yaml"))
    there = f"{shipped} rules, {len(Templates.load(ROOT / 'templates', None).names)} templates; no mistakes"
    for block in ALL:
        if block.page not in ARE_RUN:
            assert set(re.findall(r"\d+ rules, \d+ templates; no mistakes", block.text)) <= {there}, block


def test_every_shipped_rule_that_a_page_shows_stands_where_it_says() -> None:
    places = {}
    for path in (ROOT / "rules").glob("*.yaml"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if name := re.match(r"  - name: (\S+)", line):
                places[name[1]] = (path.stem, str(number))
    shown = re.compile(rf"\b({'|'.join(places)})\b[^\n]*? (\d\d-[a-z]+)(?:\.yaml)?:(\d+)")
    wrong = [found[0] for each in ALL for found in shown.finditer(each.text) if places[found[1]] != found.group(2, 3)]
    assert wrong == []


@pytest.mark.parametrize("block", [each for each in ALL if any(SHOWN[key] is POSTFIX for key in shown(each))])
def test_postfix_takes_what_the_page_tells_it(block: Block, tmp_path: Path) -> None:
    main = "mailgate_destination_recipient_limit" in block.text
    (tmp_path / "main.cf").write_text(block.text if block.text.startswith("relay_domains") else "")
    service = next(each.text for each in ALL if each.first.startswith("mailgate  unix"))
    (tmp_path / "master.cf").write_text(service if main or block.text == service else "")
    if block.text.startswith("/^"):
        (tmp_path / "transport").write_text(block.text)
        query = [need("postmap"), "-c", str(tmp_path), "-q", "support+1042@example.com", f"regexp:{tmp_path}/transport"]
        assert said(*query) == "relay:[127.0.0.1]:2525"
        return
    assert "warning" not in said(need("postconf"), "-c", str(tmp_path), "-n")
    assert (block.text != service) or "argv=/usr/bin/mailgate" in said(need("postconf"), "-c", str(tmp_path), "-M")


def test_mutt_takes_what_the_page_tells_it(tmp_path: Path) -> None:
    (block,) = [each for each in ALL if each.first.startswith("set ssl_starttls")]
    (tmp_path / "rc").write_text(block.text)
    assert "Error in" not in said(need("mutt"), "-n", "-F", str(tmp_path / "rc"), "-D")


def said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    return (done.stdout + done.stderr).strip()
