"""`mailgate inspect` shows what is read in a mail, with nothing but the mail."""

import io
import json
import sys
from pathlib import Path

import pytest

from mailgate.cli.inspect import progress
from mailgate.cli.main import main

MAIL = """\
From: Ana Silva <ana@acme.example>
To: support@example.com
Subject: Re: [Ticket#1042] Invoice
Message-ID: <1@acme.example>
Date: Mon, 2 Mar 2026 09:30:00 +0100

Still wrong.\x1b[2J
"""
CONFIG = """
[site]
domain = "example.com"
ticket_tag = "(Case {number})"
[queues.support]
addresses = ["support@example.com"]
[[in]]
name = "smtp"
type = "smtp"
trusted_authserv = ["mx.example.com"]
peers = ["127.0.0.1"]
[out]
host = "smtp.example.com"
user = "desk"
password = { env = "NOT_SET_HERE" }
"""


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAILGATE_CONFIG", "MAILGATE_SITE__DOMAIN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "mail.eml"
    path.write_text(MAIL)
    return path


def read(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main(["inspect", "--json", *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_a_page_for_people_steers_no_terminal(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(mail)]) == 0
    shown = capsys.readouterr().out
    assert "Ana Silva <ana@acme.example>" in shown
    assert "\x1b" not in shown


def test_the_json_names_the_ticket_and_the_clean_subject(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = read([str(mail)], capsys)
    assert (found["ticket_tokens"], found["subject_clean"]) == (["1042"], "Invoice")
    assert found["authenticity"] == {"dmarc": "none", "dkim": "none", "spf": "none", "by": None, "sealer": None}


def test_a_named_configuration_gives_its_tag_and_whom_it_trusts(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (mail.parent / "config.toml").write_text(CONFIG)
    trusted = "Authentication-Results: mx.example.com; dmarc=pass header.from=acme.example\n"
    mail.write_text(trusted + MAIL.replace("[Ticket#1042]", "(case 77)"))
    found = read(["-C", str(mail.parent), str(mail)], capsys)
    assert (found["ticket_tokens"], found["subject_clean"]) == (["77"], "Invoice")
    assert found["authenticity"] == {
        "dmarc": "pass",
        "dkim": "none",
        "spf": "none",
        "by": "mx.example.com",
        "sealer": None,
    }


def may_answer(found: dict[str, object]) -> bool:
    automatic = found["automatic"]
    assert isinstance(automatic, dict)
    return bool(automatic["may_answer"])


def test_our_own_mail_is_not_answered(
    mail: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert may_answer(read([str(mail)], capsys))
    monkeypatch.setenv("MAILGATE_SITE__DOMAIN", "acme.example")
    assert not may_answer(read([str(mail)], capsys))
    mail.write_text(MAIL.replace("From: Ana Silva <ana@acme.example>", "From: x@other.example"))
    assert not may_answer(read([str(mail)], capsys))
    (mail.parent / "config.toml").write_text(CONFIG)
    assert may_answer(read(["-C", str(mail.parent), str(mail)], capsys))
    mail.write_text(MAIL.replace("ana@acme.example", "Support+1042@example.com"))
    assert not may_answer(read(["-C", str(mail.parent), str(mail)], capsys))


def test_a_directory_is_a_line_for_each_mail_with_path_and_seconds(
    mail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mail.parent / "cur").mkdir()
    (mail.parent / "cur" / "1:2,S").write_text(MAIL)
    (mail.parent / ".hidden").write_text(MAIL)
    assert main(["inspect", str(mail.parent), "--jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(line["path"]).name for line in lines] == ["1:2,S", "mail.eml"]
    assert all(line["seconds"] > 0 and line["subject_clean"] == "Invoice" for line in lines)


def test_a_directory_is_shown_to_people_and_as_one_document_too(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(mail.parent)]) == 0
    assert capsys.readouterr().out.startswith(f"== {mail}\n")
    assert main(["inspect", str(mail.parent), "--json"]) == 0
    assert [each["path"] for each in json.loads(capsys.readouterr().out)] == [str(mail)]


def test_a_file_can_be_a_line_and_stdin_a_file(
    mail: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(mail), "--jsonl"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(mail)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MAIL.encode())))
    assert read(["-"], capsys)["subject_clean"] == "Invoice"


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(tmp_path / "missing.eml")]) == 1
    assert "missing.eml: No such file" in capsys.readouterr().err


def test_a_directory_without_a_file_is_nothing_that_matched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(tmp_path), "--jsonl"]) == 4
    assert "no mail in" in capsys.readouterr().err


def test_a_mail_that_cannot_be_opened_is_a_line_with_its_error(
    mail: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert main(["inspect", str(mail.parent), "--jsonl"]) == 1
    (line,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert line == {"path": str(mail), "seconds": 0.0, "error": f"cannot read {mail}: Permission denied"}


def test_the_page_knows_what_the_desk_knows(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (mail.parent / "config.toml").write_text(CONFIG)
    mail.write_text(MAIL.replace("ana@acme.example", "support@example.com"))
    assert main(["inspect", "-C", str(mail.parent), str(mail)]) == 0
    assert "no automatic answer: From is an address of ours" in capsys.readouterr().out


def test_progress_says_how_far_how_fast_and_how_long() -> None:
    assert progress(500, 2_000, 10) == " █████                 25%  500/2,000  50 mails/s  ETA 0:00:30 "


def test_real_mail_is_read_without_an_error(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(corpus / "small-desks"), "--jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) > 20
    assert not any("error" in line for line in lines)
