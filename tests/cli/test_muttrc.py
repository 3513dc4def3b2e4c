"""mailgate.cli.muttrc: mutt itself reads and sends with the file, and no name or path is more than a word in it."""

import subprocess
from pathlib import Path

import pytest

from mailgate.cli.muttrc import muttrc
from mailgate.config.settings import Listen
from mailgate.mail.message import Mailbox
from tests.blackbox.conftest import need
from tests.support.sink_process import Sink
from tests.support.terminal import Terminal

NINA = Mailbox("Nina Costa", "nina@example.com")
MAIL = b"From: support@example.com\nReply-To: support+1@example.com\nMessage-ID: <1@example.com>\nSubject: x\n\nHi\n"


def test_what_she_answers_in_mutt_goes_to_the_desks_door(tmp_path: Path) -> None:
    maildir = tmp_path / 'a "strange" $HOME `place`' / "{recipient}"
    inbox = maildir.parent / NINA.address
    for folder in ("tmp", "new", "cur"):
        (inbox / folder).mkdir(parents=True)
    (inbox / "new" / "1.O1.desk").write_bytes(MAIL)
    (tmp_path / "editor").write_text('printf "#close\\n" | cat - "$1" >"$1.new" && mv "$1.new" "$1"\n')
    with Sink() as sink:
        (tmp_path / "nina").write_text(muttrc(NINA, maildir, Listen("0.0.0.0", sink.port)))
        keys = f"set editor='/bin/sh {tmp_path}/editor'; push '<reply><send-message><quit>'"
        command = (need("mutt"), "-n", "-F", str(tmp_path / "nina"), "-e", keys)
        with Terminal(command, tmp_path) as terminal:
            terminal.finish()
        (sent,) = sink.to("support+1@example.com")
    assert sent.reverse_path == NINA.address
    assert b"From: Nina Costa <nina@example.com>" in sent.content
    assert b"\n#close" in sent.content
    assert not list(tmp_path.glob("sent*"))


@pytest.mark.parametrize("name", ['Nina "N" Costa', "`touch x`", "$HOME", "a\\"])
def test_a_name_is_a_word_and_no_command(tmp_path: Path, name: str) -> None:
    (tmp_path / "rc").write_text(muttrc(Mailbox(name, NINA.address), tmp_path / "{local}", Listen("::", 25)))
    command = (need("mutt"), "-n", "-F", str(tmp_path / "rc"), "-Q", "realname", "-Q", "smtp_url", "-Q", "spoolfile")

    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True).stdout
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    assert f'realname="{escaped}"' in said
    assert 'smtp_url="smtp://[::1]:25/"' in said
    assert 'spoolfile="=nina"' in said  # = is the folder
    assert [path.name for path in tmp_path.iterdir()] == ["rc"]
