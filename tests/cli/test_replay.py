"""`replay` says what would go elsewhere; it needs a desk that ran, and writes nothing."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgate.cli.main import main
from mailgate.cli.packaged import packaged_templates
from mailgate.cli.replay import page
from mailgate.clock import SystemClock
from mailgate.config.read import load
from mailgate.decision.replayed import Change, Decided, Tally
from mailgate.ids import SystemIds
from mailgate.rules.ruleset import EMPTY
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
    assert shown.splitlines()[0] == "1 mail replayed: 0 as now, 1 otherwise:"
    assert "priority normal → high  1   rule money (15.yaml:1), e.g. #1" in shown


def test_other_rules_can_be_tried_and_the_json_is_stable(
    opened: Desk, files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "10.yaml").write_text("rules: []\n")
    found = json.loads(said(capsys, files, "--last", "9", "--rules", str(tmp_path), "--json"))
    assert (found["mails"], found["same"], found["elsewhere"], found["failed"]) == (1, 0, 1, [])
    assert (found["left_out"], found["rules"]["old"]) == ({"waiting": 0, "unread": 0}, opened.active.hash)
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


def test_every_mail_is_in_one_figure_of_the_first_line_and_what_was_left_out_is_told() -> None:
    failed, fine = Decided(None, EMPTY, failed="KeyError: 'x'"), Decided(None, EMPTY, refused="rule no")
    tally = Tally(waiting=2, unread=1)
    for name in ("#1", "#2", "#3"):
        tally.compare(name, fine, fine)
    tally.compare("S4", failed, failed)
    tally.add("#5", (Change("priority", "low", "high", "rule x"), Change("tag", "", "vip", "rule x")))
    assert tally.mails == tally.same + tally.elsewhere + len(tally.impossible) == 5
    assert page(tally) == [
        "5 mails replayed: 3 as now, 1 otherwise, 1 failed by both sets (e.g. S4: KeyError: 'x'):",
        "  priority low → high  1   rule x, e.g. #5",
        "  tag none → vip       1   rule x, e.g. #5",
        "A mail counts in each line that tells of it.",
        "Not replayed: 2 waiting to be processed, 1 set aside before any rule saw them.",
    ]
    assert page(tally, 1)[2] == "  and 1 more kinds"


def test_where_nothing_would_be_otherwise_one_line_says_so() -> None:
    tally = Tally()
    tally.add("#1", ())
    assert page(tally) == ["1 mail replayed: 1 as now, 0 otherwise."]
