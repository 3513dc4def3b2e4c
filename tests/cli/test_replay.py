"""`replay` says what would go elsewhere; it needs a desk that ran, and writes nothing."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgate.cli.main import main
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.read import load
from mailgate.ids import SystemIds
from mailgate.service.opening import Desk, open_desk
from tests.support.desk import Pipeline, make_envelope, make_raw

RULE = "rules: [{name: money, when: ticket.created, if: {subject: invoice}, do: [{priority: high}]}]\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("replay") / "desk"
    assert main(["init", "-q", str(directory), "--first-steps"]) == 0
    return directory


@pytest.fixture(scope="module")
def opened(files: Path) -> Iterator[Desk]:
    """A desk that ran, with one mail of Ana's; then its files were changed."""
    desk = open_desk(load(files / "config.toml", {}), SystemClock(), SystemIds(), packaged_templates())
    now = SystemClock().now()
    Pipeline(desk.store, desk.active.policy, now).run([(make_raw(at=now, verified=None), make_envelope(at=now))])
    (files / "rules" / "15.yaml").write_text(RULE)
    yield desk
    desk.close()


def said(capsys: pytest.CaptureFixture[str], files: Path, *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["replay", "-C", str(files), *arguments]) == code
    return capsys.readouterr().out


@pytest.mark.parametrize("chosen", [("--since", "1d"), ("--last", "500"), ("1",), ("#1",)])
def test_the_files_are_compared_with_what_runs(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str], chosen: tuple[str, ...]
) -> None:
    shown = said(capsys, files, *chosen)
    assert shown.splitlines()[0] == "1 mail replayed.  1 would go elsewhere:"
    assert "priority normal → high  1   rule money (15.yaml:1), e.g. #1" in shown


def test_other_rules_can_be_tried_and_the_json_is_stable(
    opened: Desk, files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "10.yaml").write_text("rules: []\n")
    found = json.loads(said(capsys, files, "--last", "9", "--rules", str(tmp_path), "--json"))
    assert (found["mails"], found["elsewhere"], found["rules"]["old"]) == (1, 1, opened.active.hash)
    assert {"what": "mail", "old": "received", "new": None}.items() <= found["changes"][1].items()
    (tmp_path / "10.yaml").write_text("rules: 7\n")
    assert said(capsys, files, "--last", "9", "--rules", str(tmp_path), code=1) == ""


def test_a_desk_that_was_never_started_has_no_past_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "-q", str(tmp_path / "new"), "--first-steps"]) == 0
    assert main(["replay", "--since", "7d", "-C", str(tmp_path / "new")]) == 4
    assert "`mailgate serve` starts it" in capsys.readouterr().err
    assert not (tmp_path / "new" / "mailgate.db").exists()


def test_nothing_of_the_database_may_be_written(opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.read_bytes() for path in files.glob("mailgate.db")}
    said(capsys, files, "--since", "1d")
    assert {path.name: path.read_bytes() for path in files.glob("mailgate.db")} == before
    assert stat.S_ISREG((files / "mailgate.db").stat().st_mode)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), 2), (("1", "--last", "3"), 2), (("999",), 4), (("--since", "soon"), 1), (("--last", "0"), 4)],
)
def test_what_makes_no_sense_says_so(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int
) -> None:
    assert said(capsys, files, *arguments, code=code) == ""
