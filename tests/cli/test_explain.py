"""`explain` says why a ticket's mail was treated as it was, and what would happen to a mail; it changes nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from mailgate.cli.main import main
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.policy import vocabulary
from mailgate.config.read import load
from mailgate.decision.desk import reload_refused
from mailgate.ids import SystemIds
from mailgate.rules.ruleset import compiled
from mailgate.service.desk import for_the_desk
from mailgate.service.opening import Desk, open_desk
from mailgate.store.apply import apply
from mailgate.store.tables import metadata, traces
from tests.support.desk import Pipeline, make_raw

MAIL = make_raw(to="support@example.com", verified=None)
RULES = """
rules:
  - name: urgent
    when: ticket.created
    first:
      - {if: {subject: urgent}, do: [{priority: urgent}]}
      - {if: {subject: invoice}, do: [{priority: high}]}
"""
MANY = "rules:\n" + "".join(
    f"  - {{name: many{n}, when: ticket.created, if: {{from: nobody{n}.example}}, do: [{{tag: x}}]}}\n"
    for n in range(64)
)
KEYS = {"event", "evidence", "rules", "effects", "ruleset"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk that was started once, and on which Ana wrote one mail."""
    directory = tmp_path_factory.mktemp("explain") / "desk"
    assert main(["init", "-q", str(directory), "--first-steps"]) == 0
    (directory / "rules" / "15-urgent.yaml").write_text(RULES)
    (directory / "rules" / "90-many.yaml").write_text(MANY)
    return directory


@pytest.fixture(scope="module")
def opened(files: Path) -> Iterator[Desk]:
    config = load(files / "config.toml", {}, offline=True)
    desk = open_desk(config, SystemClock(), SystemIds(), packaged_templates())
    try:
        Pipeline(desk.store, desk.active.policy, SystemClock().now()).run([(MAIL, None)])
        yield desk
    finally:
        desk.close()


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "mail.eml"
    path.write_bytes(MAIL.replace(b"<1@acme", b"<2@acme"))
    return path


def contents(desk: Desk) -> dict[str, int]:
    """How much there is of everything."""
    count = sa.func.count()
    return desk.store.read_now(
        lambda c: {
            name: c.execute(sa.select(count).select_from(table)).scalar_one() for name, table in metadata.tables.items()
        }
    )


def number(desk: Desk) -> str:
    return str(desk.store.read_now(lambda c: c.execute(sa.text("SELECT number FROM tickets")).scalar_one()))


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["explain", *arguments]) == code
    return capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found = json.loads(said(capsys, *arguments, "--json"))
    assert isinstance(found, dict)
    return found


def test_a_ticket_is_explained_rule_by_rule(opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = said(capsys, "-C", str(files), number(opened))
    assert f"#{number(opened)}  Invoice" in page
    assert "ticket.created" in page
    assert "✗ urgent" in page
    assert "✓ urgent" in page
    assert "case 2" in page
    assert "→ priority normal → high" in page
    assert "outbox 1 waiting" in page
    assert f"rules {opened.active.hash}" in page


def test_the_stable_json_has_its_keys(opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "-C", str(files), f"#{number(opened)}", "--last")
    assert found.keys() >= KEYS
    assert found["event"] == "ticket.created"
    assert found["ruleset"] == opened.active.hash
    won = next(rule for rule in found["rules"] if rule["name"] == "urgent" and rule["verdict"] == "match")
    assert (won["file"], won["line"], won["case"], won["actions"]) == ("15-urgent.yaml", 3, 2, ["priority high"])
    assert won["conditions"] == [{"field": "subject", "match": "invoice", "value": "Invoice", "verdict": "match"}]
    assert {
        "actor": "rule:urgent",
        "event": "priority.changed",
        "detail": {"old": "normal", "new": "high"},
        "mail": None,
    } in found["effects"]


def test_one_mail_is_explained_by_its_number_in_the_spool(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(capsys, "-C", str(files), "S1")
    assert (found["mail"], found["fate"][:7], found["fate"][-5:]) == ("S1", "article", f"on #{number(opened)}")
    assert "outcome: article" in said(capsys, "-C", str(files), "S1")


def test_the_last_event_or_the_last_few_can_be_asked_for(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = number(opened)
    whole = said(capsys, "-C", str(files), ticket)
    for asked in (("--last",), ("--last", "3"), ("--event", "1")):
        assert said(capsys, "-C", str(files), ticket, *asked) == whole
    assert said(capsys, "-C", str(files), "--last", ticket) == whole
    assert said(capsys, "-C", str(files), ticket, "--event", "2", code=4) == ""
    said(capsys, "-C", str(files), ticket, "--last", "some", code=1)


def test_rules_that_were_skipped_are_named_when_asked_for(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(opened)
    assert "many7" not in said(capsys, "-C", str(files), number(opened))
    page = said(capsys, "-C", str(files), number(opened), "--all")
    assert "64 rules skipped: their `from` was not met" in page
    assert "✗ many7 90-many:9 from nobody7.example: ana@acme.example" in " ".join(page.split())
    found = document(capsys, "-C", str(files), number(opened), "--all")
    [rule] = [each for each in found["rules"] if each["name"] == "many7"]
    assert (rule["verdict"], rule["file"], rule["line"]) == ("skipped", "90-many.yaml", 9)
    assert contents(opened) == before


def test_where_the_rules_of_then_are_gone_it_is_said(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, ran = sa.update(traces).values(ruleset="000000000000"), sa.update(traces).values(ruleset=opened.active.hash)
    opened.store.write_now(lambda c: c.execute(gone))
    try:
        page = said(capsys, "-C", str(files), number(opened), "--all")
        found = document(capsys, "-C", str(files), number(opened), "--all")
    finally:
        opened.store.write_now(lambda c: c.execute(ran))
    assert "does not hold the set 000000000000 any more" in " ".join(page.split())
    assert "000000000000" in found["remarks"][0]
    assert not [each for each in found["rules"] if each["verdict"] == "skipped"]


@pytest.mark.parametrize("wanted", ["999999", "S999999", "nonsense", "\x1b[2J"])
def test_where_there_is_nothing_the_exit_code_says_so(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str], wanted: str
) -> None:
    assert said(capsys, "-C", str(files), wanted, code=4) == ""


def test_a_ticket_or_a_mail_must_be_named_and_not_both(files: Path, mail: Path) -> None:
    assert main(["explain", "-C", str(files)]) == 2
    assert main(["explain", "-C", str(files), "1", "--mail", str(mail)]) == 2


def test_what_would_happen_is_told_and_nothing_is_written(
    opened: Desk, files: Path, mail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(opened)
    found = document(capsys, "-C", str(files), "--mail", str(mail))
    page = said(capsys, "-C", str(files), "--mail", str(mail))
    assert contents(opened) == before
    assert found.keys() >= KEYS
    assert (found["event"], found["outcome"], found["ticket"]) == ("ticket.created", "article", None)
    assert found["ruleset"] == opened.active.hash
    sent = [(each["to"], each["template"]) for each in found["mails"]]
    assert ("ana@acme.example", "received") in sent
    assert all("Invoice" in each["subject"] for each in found["mails"])
    assert "mail that would go out" in page
    assert '"received" to ana@acme.example, would be sent' in " ".join(page.split())


def test_a_follow_up_is_recognised_by_what_the_desk_knows(
    opened: Desk, files: Path, mail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mail.write_bytes(mail.read_bytes().replace(b"Date:", b"In-Reply-To: <1@acme.example>\r\nDate:"))
    found = document(capsys, "-C", str(files), "--mail", str(mail))
    assert (found["event"], found["ticket"]) == ("customer.replied", number(opened))
    assert [(each["ticket"], each["won"]) for each in found["evidence"]] == [(number(opened), True)]


def test_the_same_mail_again_would_be_a_duplicate(
    opened: Desk, files: Path, mail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mail.write_bytes(MAIL)
    found = document(capsys, "-C", str(files), "--mail", str(mail))
    assert (found["outcome"], found["event"], found["rules"], found["mails"]) == ("duplicate", None, [], [])


def test_the_time_is_the_sites_and_can_be_said(
    opened: Desk, files: Path, mail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(capsys, "-C", str(files), "--mail", str(mail), "--now", "2036-11-22T10:00")
    zone = opened.config.site.timezone
    assert found["at"] == datetime(2036, 11, 22, 10, tzinfo=zone).isoformat()
    assert main(["explain", "-C", str(files), "--mail", str(mail), "--now", "yesterday"]) == 1


def test_other_rules_can_be_tried(
    opened: Desk, files: Path, mail: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "10.yaml").write_text("rules: [{name: low, when: ticket.created, do: [{priority: low}]}]\n")
    found = document(capsys, "-C", str(files), "--mail", str(mail), "--rules", str(tmp_path / "new"))
    assert [(each["name"], each["verdict"]) for each in found["rules"]] == [("low", "match")]
    assert found["mails"] == []
    (tmp_path / "new" / "10.yaml").write_text("rules: [{name: low, when: ticket.cretaed, do: [{priority: low}]}]\n")
    assert main(["explain", "-C", str(files), "--mail", str(mail), "--rules", str(tmp_path / "new")]) == 1
    assert "10.yaml:1:" in capsys.readouterr().err


def test_the_same_files_have_one_hash_wherever_they_are_told_of(
    opened: Desk, files: Path, mail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page of a mail that came, of one that might, with the rules or without, the status and a reload."""
    running = opened.active.hash
    argv = ("-C", str(files), "--mail", str(mail))
    assert document(capsys, "-C", str(files), number(opened))["ruleset"] == running
    assert document(capsys, *argv)["ruleset"] == running
    assert document(capsys, *argv, "--rules", str(files / "rules"))["ruleset"] == running
    changed = files / "rules" / "95-new.yaml"
    changed.write_text("rules: [{name: new, when: ticket.created, do: [{tag: new}]}]\n")
    try:
        foreseen = document(capsys, *argv, "--rules", str(files / "rules"))["ruleset"]
        assert main(["reload", "-C", str(files), "--diff", "--json"]) == 0
    finally:
        changed.unlink()
    assert json.loads(capsys.readouterr().out)["ruleset"] == foreseen != running


def test_what_is_changed_on_disk_is_not_what_runs(
    opened: Desk, files: Path, mail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = files / "rules" / "15-urgent.yaml"
    kept = rules.read_text()
    rules.write_text(kept.replace("high", "low"))
    try:
        found = document(capsys, "-C", str(files), "--mail", str(mail))
    finally:
        rules.write_text(kept)
    assert ["priority high"] in [each["actions"] for each in found["rules"]]


def test_a_desk_that_was_never_started_goes_by_its_files(
    tmp_path: Path, mail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new, other = tmp_path / "new", tmp_path / "rules.new"
    assert main(["init", "-q", str(new), "--first-steps"]) == 0
    other.mkdir()
    (other / "1.yaml").write_text("rules: [{name: mine, when: ticket.created, do: [{tag: x}]}]\n")
    capsys.readouterr()
    for arguments, rule in (((), "acknowledge"), (("--rules", str(other)), "mine")):
        assert main(["explain", "--mail", str(mail), *arguments, "-C", str(new)]) == 0
        said = capsys.readouterr()
        assert f"✓ {rule}" in said.out
        assert "was never started" in said.err
    (new / "keys").unlink()
    assert main(["explain", "--mail", str(mail), "-C", str(new)]) == 0
    assert not (new / "keys").exists()
    assert not (new / "mailgate.db").exists()


def test_a_missing_file_is_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "-C", str(files), "--mail", str(files / "nowhere.eml")]) == 1
    assert "nowhere.eml" in capsys.readouterr().err


def test_what_a_door_would_refuse_is_told(
    opened: Desk, files: Path, mail: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = "rules:\n  - {name: no, when: message.received, if: {smtp.sender: bad.example}, do: [{reject: Not you}]}\n"
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "00-gate.yaml").write_text(gate)
    command = ["-C", str(files), "explain", "--mail", str(mail), "--rules", str(tmp_path / "rules")]
    assert main([*command, "--sender", "x@bad.example"]) == 0
    refused = "support@example.com would be refused at RCPT by SMTP: rule no (00-gate.yaml:2): 550 5.7.1 Not you"
    first, then, *_ = capsys.readouterr().out.splitlines()
    assert (first, then[:31]) == (refused, "so nothing of this would happen")
    for recipient, wrong in (("nobody@example.com", True), ("support+x@example.com", False), ("postmaster", False)):
        assert main([*command, "--to", recipient]) == 0
        assert ("not an address of this desk" in capsys.readouterr().out) is wrong


def test_what_rules_did_without_a_ticket_is_explained_as_the_desks(
    opened: Desk, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "-C", str(files), "desk") == "no rule has run on the desk itself yet\n"
    rule = "rules: [{name: page, when: reload.failed, do: [{notify: {to: a@b.example, template: reload_failed}}]}]"
    words = vocabulary(opened.config, opened.active.templates.names, opened.active.templates.reports)
    rules, problems, _ = compiled({"90-desk.yaml": rule.encode()}, words)
    assert rules is not None, problems
    active = replace(opened.active, policy=replace(opened.active.policy, rules=rules))
    now = SystemClock().now()
    refused = for_the_desk(reload_refused("it", ("10.yaml:1:1: it is wrong",), now), active, SystemIds(), now)
    assert refused is not None
    before = contents(opened)
    opened.store.write_now(lambda c: apply(c, [refused], None, SystemIds()))
    page = said(capsys, "-C", str(files), "desk")
    assert page.startswith("a reload   ")
    assert "✓ page" in page
    assert 'notify a@b.example "reload_failed"' in page
    found = document(capsys, "-C", str(files), "desk", "--last")
    assert (found["event"], found["mail"], found["rules"][0]["name"]) == ("reload.failed", None, "page")
    grown = {name: count - before[name] for name, count in contents(opened).items() if count != before[name]}
    assert grown == {"traces": 1, "outbox": 1}
