"""A mailbox that is read by IMAP: every key reaches its value, every mistake is told at its place."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.config.mailbox import after_intake
from mailgate.config.read import parse
from mailgate.config.settings import AfterIntake, ImapSettings, Secret
from mailgate.errors import FilesRejected
from tests.config.texts import OUT, PEOPLE, QUEUE, SITE, marked, problems, read

DESK = SITE + QUEUE + PEOPLE + OUT
HOST = 'host = "imap.example.com"\n'
LOGIN = 'user = "support@example.com"\npassword = { env = "PASSWORD" }\n'
MAILBOX = '[[in]]\nname = "support"\ntype = "imap"\n' + HOST + LOGIN


def mailbox(more: str = "", text: str = DESK + MAILBOX) -> ImapSettings:
    config = read(text + more, PASSWORD="hunter2")
    assert config.warnings == ()
    [only] = config.mailboxes
    return only


def test_the_shortest_mailbox_has_all_its_defaults() -> None:
    assert mailbox() == ImapSettings(
        name="support",
        host="imap.example.com",
        port=993,
        tls="implicit",
        user="support@example.com",
        password=Secret("hunter2"),
        folder="INBOX",
        after=AfterIntake("move", "Processed"),
        start="now",
        poll=timedelta(seconds=60),
        silent_after=None,
        queue=None,
        trusted_authserv=(),
        border=(),
        ca_file=None,
    )


def test_every_key_of_a_mailbox_reaches_its_value() -> None:
    written = mailbox(
        """
        port = 1993
        tls = "starttls"
        folder = "Kundenpost/März"
        after = "keyword:$Taken"
        start = "2026-01-31"
        poll = "30m"
        queue = "support"
        trusted_authserv = ["MX.example.com"]
        border = ["mx1.example.com"]
        ca_file = "ca.pem"
        """
    )
    assert (written.port, written.tls, written.folder) == (1993, "starttls", "Kundenpost/März")
    assert (written.after, written.start) == (AfterIntake("keyword", "$Taken"), date(2026, 1, 31))
    assert written.poll == timedelta(minutes=30)
    assert (written.queue, written.ca_file) == ("support", Path("/etc/desk/ca.pem"))
    assert (written.trusted_authserv, written.border) == (("mx.example.com",), ("mx1.example.com",))


@pytest.mark.parametrize(("tls", "port"), [("implicit", 993), ("starttls", 143)])
def test_the_port_follows_from_how_the_connection_is_secured(tls: str, port: int) -> None:
    assert mailbox(f'tls = "{tls}"\n').port == port


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_on_this_machine_a_mailbox_may_be_read_in_clear(host: str) -> None:
    written = mailbox('tls = "none"\n', DESK + MAILBOX.replace("imap.example.com", host))
    assert (written.tls, written.port, written.host) == ("none", 143, host.strip("[]"))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("move:A folder: with a colon", AfterIntake("move", "A folder: with a colon")),
        ("seen", AfterIntake("seen")),
        ("delete", AfterIntake("delete")),
        ("keyword:mailgate-taken", AfterIntake("keyword", "mailgate-taken")),
    ],
)
def test_what_becomes_of_a_mail_is_read(text: str, after: AfterIntake) -> None:
    assert mailbox(f'after = "{text}"\n').after == after


@given(st.text())
def test_a_keyword_is_always_an_atom_and_a_folder_always_on_one_line(text: str) -> None:
    for form in (text, f"keyword:{text}", f"move:{text}"):
        try:
            after = after_intake(form)
        except ValueError:
            continue
        assert after.argument.isprintable()
        if after.action == "keyword":
            assert after.argument.isascii()
            assert not set(after.argument) & set(' (){%*"\\]')


@pytest.mark.parametrize(("text", "start"), [('"all"', "all"), ("2026-01-31", date(2026, 1, 31))])
def test_a_start_is_a_word_or_a_day_and_a_day_of_toml_will_do(text: str, start: object) -> None:
    assert mailbox(f"start = {text}\n").start == start


def test_mailboxes_alone_are_enough_and_may_stand_among_other_doors() -> None:
    second = '[[in]]\nname = "lan"\ntype = "smtp"\n' + MAILBOX.replace('"support"', '"other"') + 'folder = "Other"\n'
    config = read(DESK + MAILBOX + second, PASSWORD="x")
    assert [door.name for door in config.doors] == ["lan"]
    assert [box.name for box in config.mailboxes] == ["support", "other"]
    assert config.warnings == ()


def test_a_variable_goes_before_the_file_and_needs_no_place_in_it() -> None:
    config = read(
        DESK + MAILBOX,
        PASSWORD="x",
        MAILGATE_IN__SUPPORT__HOST="other.example",
        MAILGATE_IN__SUPPORT__PORT="1993",
        MAILGATE_IN__SUPPORT__PASSWORD='{ env = "OTHER" }',
        OTHER="y",
    )
    [box] = config.mailboxes
    assert (box.host, box.port, box.password) == ("other.example", 1993, Secret("y"))


def test_a_password_that_cannot_be_read_is_told_at_its_key() -> None:
    [error] = problems(DESK + MAILBOX.replace("PASSWORD", "NOT_SET"))
    assert (error.line, "is not set" in error.message) == ((DESK + MAILBOX).count("\n"), True)


def test_a_password_is_left_alone_offline() -> None:
    [box] = parse(DESK + MAILBOX, Path("/etc/desk/config.toml"), {}, offline=True).mailboxes
    assert box.password == Secret("")


def test_a_password_shows_in_no_log() -> None:
    assert "hunter2" not in repr(mailbox())


def test_a_smarthost_and_mailboxes_have_passwords_of_their_own() -> None:
    out = '[out]\nhost = "a.example"\nuser = "u"\npassword = { env = "OTHER" }\n'
    config = read(SITE + QUEUE + PEOPLE + out + MAILBOX, PASSWORD="x", OTHER="y")
    assert (config.out.password, config.mailboxes[0].password) == (Secret("y"), Secret("x"))


WRONG = {
    "a key of a mailbox at a place to listen": (
        DESK + '[[in]]\nname = "a"\ntype = "smtp"\n⟦host⟧ = "imap.example.com"\n',
        '[[in]] of type "smtp" has no key "host"',
        'it is a key of [[in]] of type "imap"',
    ),
    "a key of a place to listen at a mailbox": (
        DESK + MAILBOX + '⟦peers⟧ = ["127.0.0.1"]\n',
        '[[in]] of type "imap" has no key "peers"',
        'it is a key of [[in]] of type "smtp"',
    ),
    "a key of neither": (DESK + MAILBOX + "⟦fodler⟧ = 1\n", 'has no key "fodler"', 'did you mean "folder"?'),
    "no host": (DESK + MAILBOX.replace(HOST, "").replace("[in]", "[⟦in⟧]"), 'needs "host"', ""),
    "no user": (
        DESK + MAILBOX.replace('user = "support@example.com"\n', "").replace("[in]", "[⟦in⟧]"),
        'needs "user"',
        "",
    ),
    "no password": (
        DESK + MAILBOX.replace('password = { env = "PASSWORD" }\n', "").replace("[in]", "[⟦in⟧]"),
        'needs "password"',
        "",
    ),
    "a literal password": (DESK + MAILBOX.replace('{ env = "PASSWORD" }', '⟦"x"⟧'), "never written", "credential ="),
    "OAuth 2": (
        DESK + MAILBOX + 'oauth2 = ⟦{ provider = "google" }⟧\n',
        "not in effect in this version",
        "a user and a password",
    ),
    "a host that is none": (DESK + MAILBOX.replace('"imap.example.com"', '⟦"imap://x"⟧'), "is not a domain name", ""),
    "a port that is none": (DESK + MAILBOX + "port = ⟦0⟧\n", "0 is not between", ""),
    "a mailbox read in clear": (DESK + MAILBOX + 'tls = ⟦"none"⟧\n', "travel in clear", '"implicit" or "starttls"'),
    "nothing that becomes of a mail": (DESK + MAILBOX + 'after = ⟦"archive"⟧\n', "can become of a mail", '"seen"'),
    "a move to nowhere": (DESK + MAILBOX + 'after = ⟦"move:"⟧\n', "can become of a mail", "move:FOLDER"),
    "a move with a line break": (DESK + MAILBOX + 'after = ⟦"move:a\\r\\nb"⟧\n', "a line break", ""),
    "a word too much": (DESK + MAILBOX + 'after = ⟦"seen:x"⟧\n', "can become of a mail", ""),
    "a keyword without its name": (DESK + MAILBOX + 'after = ⟦"keyword:"⟧\n', "is no keyword of IMAP", "one word"),
    "a keyword that is a flag of IMAP": (
        DESK + MAILBOX + "after = ⟦'keyword:\\Seen'⟧\n",
        "is no keyword of IMAP",
        "one word",
    ),
    "a move to where it lies": (DESK + MAILBOX + 'after = ⟦"move:inbox"⟧\n', "to where it lies", "another folder"),
    "a start that is none": (DESK + MAILBOX + 'start = ⟦"today"⟧\n', "is not a start", '"now", "all" or a day'),
    "a day that is none": (DESK + MAILBOX + 'start = ⟦"2026-02-30"⟧\n', "is not a start", ""),
    "a day in another form": (DESK + MAILBOX + 'start = ⟦"20260131"⟧\n', "is not a start", ""),
    "a start with a time": (DESK + MAILBOX + "start = ⟦2026-01-31T10:00:00Z⟧\n", "where a text is wanted", ""),
    "a poll once a day": (DESK + MAILBOX + 'poll = ⟦"1d"⟧\n', "more than half an hour", '"30m"'),
    "a poll without a pause": (DESK + MAILBOX + 'poll = ⟦"0s"⟧\n', "no time at all", ""),
    "a queue that is not there": (DESK + MAILBOX + 'queue = ⟦"suport"⟧\n', 'no queue "suport"', '"support"?'),
    "a folder that two doors read": (
        DESK + MAILBOX + MAILBOX.replace('"support"', '"b"') + 'folder = ⟦"inbox"⟧\n',
        "another door reads",
        "",
    ),
    "a name that two doors have": (
        DESK + '[[in]]\nname = "support"\ntype = "smtp"\n' + MAILBOX.replace('"support"', '⟦"support"⟧') + "\n",
        'a door "support" already',
        "",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_at_its_place_with_its_mend(name: str) -> None:
    text, place = marked(WRONG[name][0])
    _, message, mend = WRONG[name]
    errors = [problem for problem in problems(text) if problem.severity == "error"]
    assert [(each.line, each.column, each.width) for each in errors] == [place]
    assert message in errors[0].message
    assert mend in errors[0].mend


def test_a_pass_that_a_mailbox_vouches_for_is_no_matter() -> None:
    text = DESK + MAILBOX + 'trusted_authserv = ["mx.example.com"]\n[agents_policy]\nrequire_auth = "pass"\n'
    assert read(text, PASSWORD="x").warnings == ()


def test_two_folders_of_one_account_are_two_mailboxes() -> None:
    text = DESK + MAILBOX + MAILBOX.replace('"support"', '"b"') + 'folder = "Other"\n'
    assert len(read(text, PASSWORD="x").mailboxes) == 2


WARNED = {
    "an agent's own mailbox": (
        DESK + MAILBOX.replace("user =", "⟦user⟧ =").replace("support@example.com", "Nina@example.com"),
        'the mailbox of agent "nina"',
    ),
    "an admin's mailbox": (
        SITE
        + 'admins = ["ops@example.com"]\n'
        + QUEUE
        + PEOPLE
        + OUT
        + MAILBOX.replace("user =", "⟦user⟧ =").replace("support@example.com", "ops@example.com"),
        "our own troubles become tickets",
    ),
    "a login that no door takes": (
        DESK + MAILBOX + '[agents_policy]\n⟦require_auth⟧ = "smtp-auth"\n',
        "no agent could ever log in",
    ),
    "a pass that no door believes": (
        DESK + MAILBOX + '[agents_policy]\n⟦require_auth⟧ = "pass"\n',
        "no [[in]] has trusted_authserv",
    ),
    "an undo time shorter than two polls": (DESK + '⟦delay⟧ = "60s"\n' + MAILBOX, "may be too late"),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_is_doubtful_is_a_warning_and_loads(name: str) -> None:
    text, place = marked(WARNED[name][0])
    [warning] = read(text, PASSWORD="x").warnings
    assert (warning.severity, warning.line, warning.column, warning.width) == ("warning", *place)
    assert WARNED[name][1] in warning.message


@pytest.mark.parametrize(
    ("poll", "delay"),
    [("10s", timedelta(seconds=90)), ("60s", timedelta(minutes=2)), ("30m", timedelta(hours=1))],
)
def test_where_mail_comes_by_imap_an_answer_waits_for_two_polls(poll: str, delay: timedelta) -> None:
    assert read(DESK + MAILBOX + f'poll = "{poll}"\n', PASSWORD="x").relay.delay == delay


@pytest.mark.parametrize("written", ["0s", "2m"])
def test_a_written_undo_time_holds_where_mail_comes_by_imap(written: str) -> None:
    config = read(DESK + f'delay = "{written}"\n' + MAILBOX, PASSWORD="x")
    assert config.relay.delay == timedelta(minutes=int(written[0]))
    assert config.warnings == ()


def test_nothing_in_the_text_of_a_password_reaches_the_report() -> None:
    with pytest.raises(FilesRejected) as caught:
        read(DESK + MAILBOX + 'poll = "1d"\n', PASSWORD="hunter2")
    assert "hunter2" not in str(caught.value.problems)
