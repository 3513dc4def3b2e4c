"""What a sender writes stays what it is (spec/safety.md D06, D11, D12, D18, D19, D21, D51): no field, no program."""

import base64
import contextlib
import html
import re
import socket
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.corners import Corner, Corners, corners, mail, markup, plain
from tests.support.sink_process import Delivered

FOOLED = """
rules:
  - name: fooled
    when: [ticket.created, customer.replied]
    if:
      any:
        - header.X-Mailgate-Queue: {exists: true}
        - header.X-Mailgate-Priority: {exists: true}
        - header.x-mailgate-ignore: {exists: true}
    do: [{tag: fooled}]
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    with corners(tmp_path_factory.mktemp("injection"), 110, rules=FOOLED) as running:
        yield running


@pytest.fixture
def corner(desk: Corners) -> Corner:
    return desk.corner()


def word(text: str, form: str) -> str:
    """An encoded word (RFC 2047)."""
    octets = text.encode()
    if form == "b":
        return f"=?utf-8?b?{base64.b64encode(octets).decode()}?="
    return f"=?utf-8?q?{''.join(chr(o) if chr(o).isalnum() else f'={o:02X}' for o in octets)}?="


def names(got: Delivered) -> list[str]:
    """The names of the fields on the wire."""
    head = got.content.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]


def assert_sound(got: Delivered, foreign: tuple[str, ...] = ("bcc", "x-evil", "x-injected")) -> None:
    """Each field once, none of a sender's making, no line that is none, no bare CR or LF."""
    found = names(got)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in found), found
    assert not {*foreign} & {*found}, found
    assert len(found) == len(set(found)), found
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", got.content)
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", got.content)


# --- D06: orders in a header ----------------------------------------------------------------------------------------

CONTROL: dict[str, list[str]] = {
    "ours": ["X-Mailgate-Queue: c1", "X-Mailgate-Ignore: 1"],
    "ours in small letters": ["x-mailgate-queue: c1", "x-mailgate-priority: urgent"],
    "ours in capitals": ["X-MAILGATE-QUEUE: c1", "X-MAILGATE-STATE: closed"],
    "ours, folded": ["X-Mailgate-Queue:\r\n c1", "X-Mailgate-Priority:\r\n\turgent"],
    "ours, a blank before the colon": ["X-Mailgate-Queue : c1", "X-Mailgate-Priority\t: urgent"],
    "ours, encoded": [f"X-Mailgate-Queue: {word('c1', 'b')}", "X-Mailgate-Owner: nina-c1"],
    "ours, all of them": [f"X-Mailgate-{each}: 1" for each in "Ticket Event Queue State Priority Owner Reason".split()],
    "OTRS": ["X-OTRS-Priority: 5", "X-OTRS-Queue: c1", "X-OTRS-Ignore: yes", "X-OTRS-State: closed"],
    "Zammad": ["X-Zammad-Ticket-Priority: 3 high", "X-Zammad-Ignore: true", "X-Zammad-Ticket-Owner: nina-c1"],
    "RT": ["RT-Ticket: 1", "X-RT-Incoming-Encryption: Success"],
}


@pytest.mark.parametrize("form", CONTROL)
def test_d06_control_fields_from_outside_have_no_effect(corner: Corner, form: str) -> None:
    opened = corner.open(fields=CONTROL[form])
    answer = [*CONTROL[form], f"In-Reply-To: {opened.message_id}"]
    corner.write(corner.person("ana"), text="And?", fields=answer)
    shown = corner.ticket(opened.number)
    assert (shown["queue"], shown["state"], shown["priority"]) == (corner.name, "new", "normal")
    assert (shown["owner"], shown["tags"]) == (None, [])
    assert len(corner.to(corner.nina)) == 2
    for got in corner.sent():
        assert_sound(got)
    assert opened.notice.header("X-Mailgate-Queue") == corner.name
    assert opened.notice.header("X-Mailgate-Ticket") == opened.number


@pytest.mark.parametrize("form", ["ours", "ours, folded", "ours, a blank before the colon"])
def test_d06_rules_do_not_see_control_fields(corner: Corner, form: str) -> None:
    opened = corner.open(fields=CONTROL[form])
    rules = {each["name"]: each["verdict"] for each in corner.desk.cli("explain", opened.number)["rules"]}
    assert rules["fooled"] == "miss"


# --- D11: a subject that wants to be a header -----------------------------------------------------------------------

BREAKS = {
    "CRLF": "\r\n",
    "LF": "\n",
    "CR": "\r",
    "NEL": "\x85",
    "LS": "\u2028",
    "PS": "\u2029",
    "VT": "\x0b",
    "FF": "\x0c",
}


def _injected(corner: Corner, value: str, where: str) -> bytes:
    ana = corner.person("ana")
    match where:
        case "subject":
            return mail(f"Ana <{ana}>", corner.address, value)
        case "name":
            return mail(f"{value} <{ana}>", corner.address)
        case "message-id":
            return mail(f"Ana <{ana}>", corner.address, message_id=value)
    raise AssertionError(where)


@pytest.mark.parametrize("line_end", BREAKS)
def test_d11_a_subject_makes_no_header(corner: Corner, line_end: str) -> None:
    victim = corner.person("victim")
    end = BREAKS[line_end]
    subject = word(f"Help{end}Bcc: {victim}{end}X-Evil: 1{end}{end}<b>body</b>", "qb"[len(line_end) % 2])
    corner.post(_injected(corner, subject, "subject"), sender=corner.person("ana"))
    corner.answer(corner.to(corner.nina)[0], "Dear Ana, done.")
    sent = corner.sent()
    assert len(sent) >= 4, "acknowledged, told to two, answered"
    for got in sent:
        assert_sound(got)
        assert names(got).count("subject") == 1
        assert got.forward_paths != (victim,)
    assert corner.to(victim) == []


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?Help=0D=0ABcc:_victim=40x?=",
        "=?utf-8?q?" + "a" * 90 + "=0D=0ABcc:_victim=40x?=",
        "=?utf-8?q?one?= =?utf-8?q?=0D=0A?= =?utf-8?q?Bcc:_victim=40x?=",
        "=?utf-8?b?SGVscA0K?= Bcc: victim@x",
        "=?iso-2022-jp?b?G2RC?=\x1b\x00\x07 Bcc: victim@x",
        "Help\rBcc: victim@x",
        "=?utf-7?q?Help+AA0ACg-Bcc:_victim=40x?=",
    ],
)
def test_d11_no_spelling_of_a_subject_makes_a_header(corner: Corner, subject: str) -> None:
    corner.post(_injected(corner, subject, "subject"), sender=corner.person("ana"))
    corner.answer(corner.to(corner.nina)[0], "Dear Ana, done.")
    for got in corner.sent():
        assert_sound(got)
        assert names(got).count("subject") == 1
    assert corner.to("victim@x") == []
    assert any("Dear Ana, done." in plain(each) for each in corner.to(corner.person("ana")))


# --- D12: a name that wants to be a header --------------------------------------------------------------------------


_NAMES = [(each, "b") for each in ("CRLF", "LF", "CR", "NEL", "LS", "NUL", "ESC", "bidi")]
_NAMES += [("CRLF", "q"), ("CRLF", "quoted b"), ("LF", "quoted q"), ("NUL", "q")]


@pytest.mark.parametrize(("line_end", "form"), _NAMES)
def test_d12_a_name_makes_no_header_and_its_owner_can_be_answered(corner: Corner, line_end: str, form: str) -> None:
    end = (BREAKS | {"NUL": "\x00", "ESC": "\x1b[2J", "bidi": "\u202e"})[line_end]
    name = word(f"x{end}X-Evil: 1{end}", form[-1])
    corner.post(_injected(corner, f'"{name}"' if "quoted" in form else name, "name"), sender=corner.person("ana"))
    corner.answer(corner.to(corner.nina)[0], "Dear x, done.")
    assert any("Dear x, done." in plain(each) for each in corner.to(corner.person("ana"))), "he is answered"
    for got in corner.sent():
        assert_sound(got)


@pytest.mark.parametrize(
    "name", ['"a\\"b\\\\c"', "=?utf-8?q?=22=2C=40=3C=3E=3B?=", "=?utf-8?b?" + "QUFB" * 120 + "?=", "=?x?x?x?="]
)
def test_d12_odd_names_can_be_answered(corner: Corner, name: str) -> None:
    corner.post(_injected(corner, name, "name"), sender=corner.person("ana"))
    corner.answer(corner.to(corner.nina)[0], "Dear x, done.")
    (answer,) = [each for each in corner.to(corner.person("ana")) if "Dear x, done." in plain(each)]
    assert_sound(answer)
    assert [each.addr_spec for each in answer.message["To"].addresses] == [corner.person("ana")]


# --- D18: templates of the sender's ---------------------------------------------------------------------------------

PROGRAMS = {
    "arithmetic": "{{7*7}}",
    "classes": "{{''.__class__.__mro__}}",
    "an endless loop": "{% for x in range(9e9) %}",
    "all of it": "{{7*7}}{{''.__class__}}{% for x in range(9e9) %}",
    "our variables": "{{ ticket.number }} {{ links.close }} {{ site }}",
    "a comment": "{# {{7*7}} #}",
    "an include": "{% include '_ticket.md' %}{% raw %}",
    "a filter": "{{ 'x' | rule }} {{ \"a\"*300000000 }}",
    "other languages": "${7*7} <%= 7*7 %> #{7*7} *(7*7) %{7*7} {php}7*7{/php}",
    "Markdown": "**bold** [a](http://evil.example) `code` <script>x</script> &lt; _it_ # head",
}


def _shown(got: Delivered) -> str:
    """What its reader sees of the HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<style.*?</style>", "", markup(got), flags=re.DOTALL)))


def _folded(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("program", PROGRAMS)
def test_d18_a_template_in_a_mail_is_words(corner: Corner, program: str) -> None:
    source, literal, ana = PROGRAMS[program], _folded(PROGRAMS[program]), corner.person("ana")
    content = mail(f"{word(source, 'b')} <{ana}>", corner.address, word(source, "q"), f"Hello {source}")
    corner.post(content, sender=ana)
    corner.answer(corner.to(corner.nina)[0], "Dear Ana, done.")
    corner.answer(corner.to(corner.nina)[0], "#show")
    acknowledgement, answer = corner.to(ana)
    notice, shown = corner.to(corner.nina)
    for got in (acknowledgement, answer, notice, shown):
        assert_sound(got)
        assert literal in _folded(got.header("Subject"))
    for got in (answer, notice, shown):
        for read in (plain(got), _shown(got)):
            assert f"Hello{literal}" in _folded(read), read
            assert _folded(read).count(literal) > 1, "his name stands there too"
    for got in corner.sent():
        assert not re.search(r"<script|<strong>bold|href=.http://evil", markup(got))


@pytest.mark.parametrize("program", ["all of it", "our variables", "an include", "other languages", "Markdown"])
def test_d18_a_template_in_an_agents_answer_is_words(corner: Corner, program: str) -> None:
    source = PROGRAMS[program]
    opened = corner.open()
    corner.answer(opened.notice, f"Try this:\n{source}\nBye.")
    (answer,) = corner.to(corner.person("ana"))[1:]
    assert _folded(source) in _folded(plain(answer))
    assert _folded(source) in _folded(_shown(answer))


# --- D19: HTML that wants to run --------------------------------------------------------------------------------------

ACTIVE = """<p>It is <scr<script>ipt>x()</scr</script>ipt><b>on fire</b>.<img src=x onerror=x()>
<a href="java&#10;script:x()">first</a> <a href="&#106;avascript:x()">second</a> <a href="data:text/html,x">third</a>
<img src="{sink}/pixel.gif"><div style="background:url({sink}/ground)">last</div>
<svg onload=x()><style>@import "{sink}/style";</style></svg><iframe src="{sink}/frame"></iframe>
<form action="{sink}"><input name=password></form><meta http-equiv=refresh content="0;url={sink}"></p>"""


class _Seen(HTMLParser):
    """What a browser would run or fetch of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.active: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "svg", "form", "input", "object", "embed", "base", "link"):
            self.active.append(tag)
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            runs = name.startswith("on") or address.startswith(("javascript:", "data:", "vbscript:"))
            fetches = (name in ("src", "background") and not address.startswith("cid:")) or "url(" in address
            if runs or fetches or (name, address) == ("http-equiv", "refresh"):
                self.active.append(f"{tag} {name}={value}")


@contextlib.contextmanager
def _web() -> Iterator[tuple[str, list[object]]]:
    """A web server on loopback: its address, and who came."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        came: list[object] = []
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", came
        with contextlib.suppress(BlockingIOError):
            while True:
                came.append(listening.accept()[1])


def test_d19_no_html_that_goes_out_runs_or_fetches_anything(corner: Corner) -> None:
    with _web() as (sink, came):
        html = ACTIVE.format(sink=sink)
        opened = corner.open(html=html)
        hers = html.replace("<scr<script>ipt>x()</scr</script>ipt>", "<script>x()</script>")
        corner.answer(opened.notice, html=f"{hers}<p>Dear Ana, <b>done</b>.</p>")
        (answer,) = corner.to(corner.person("ana"))[1:]
    assert came == []
    assert "on fire" in _shown(opened.notice)
    assert "<b>done</b>" in markup(answer), "what she wrote keeps its form"
    assert len(corner.sent()) > 3
    for got in corner.sent():
        assert _Seen(markup(got)).active == []


# --- D21: addresses that want to be commands ------------------------------------------------------------------------

SHELL = {
    "a substitution": '"$(touch pwn)"@{domain}',
    "a substitution with a path": '"$(touch /tmp/pwn)"@{domain}',
    "backticks": '"`touch pwn`"@{domain}',
    "backticks unquoted": "`touch`@{domain}",
    "an option": "-oQ/tmp@{domain}",
    "another option": "-X/tmp/pwn@{domain}",
    "a long option": "--queue=pwn@{domain}",
    "a pipe": '"|touch pwn"@{domain}',
    "a pipe unquoted": "|touch@{domain}",
    "a semicolon": '"x;touch pwn;"@{domain}',
    "an ampersand": "x&touch&pwn@{domain}",
    "a path": "/tmp/pwn@{domain}",
    "a path upwards": '"../../pwn"@{domain}',
    "a path upwards, bare": "../../pwn@{domain}",
}


@pytest.mark.parametrize("form", SHELL)
def test_d21_an_address_is_never_a_command(corner: Corner, form: str) -> None:
    address = SHELL[form].format(domain=f"x.{corner.name}.example")
    there = Path("/tmp/pwn").exists()
    name = corner.post(mail(address, corner.address), sender=address)
    corner.answer(corner.to(corner.nina)[0], "Dear shell, done.")
    shown = corner.only_ticket()
    assert (shown["customer"]["address"], corner.spooled(name)["mail_from"]) == (address, address)
    sent = [each for each in corner.sent() if each.forward_paths not in ((corner.nina,), (corner.kim,))]
    assert {each.forward_paths for each in sent} == {(address,)}
    assert len(sent) == 2, "acknowledged and answered, as anybody"
    assert not list(corner.desk.daemon.directory.rglob("*pwn*"))
    assert Path("/tmp/pwn").exists() == there


# --- D51: the Message-ID that we answer -----------------------------------------------------------------------------

_OUTLOOK = "AM0PR08MB5345A8C9F2D1E0B7A6C5D4E3F2A1B0C9@AM0PR08MB5345.eurprd08.prod.outlook.com"
IDS = {
    "95 characters, as Outlook's": f"<{_OUTLOOK.rjust(93, 'X')}>",
    "78 characters": f"<{'a' * 60}@{'b' * 11}.test>",
    "77 characters": f"<{'a' * 59}@{'b' * 11}.test>",
    "250 characters": f"<{'a' * 200}@{'b' * 40}.example>",
    "640 characters": f"<{'a' * 600}@{'b' * 28}.example>",
    "signs of every kind": f"<!#$%&'*+/?=^_`{{|}}~-.9Az{'$' * 60}@x-y.example>",
    "no dot in its domain": f"<{'x' * 90}@localhost>",
    "a domain literal": f"<{'x' * 80}@[192.0.2.1]>",
    "two at-signs": f"<{'x' * 60}@y.example@z.example>",
}


def _field(got: Delivered, name: str) -> bytes:
    """The value on the wire, unfolded."""
    found = re.search(rb"(?im)^%s:((?:[^\r]|\r\n[ \t])*)\r\n" % name.encode(), got.content)
    assert found, f"no {name}"
    return re.sub(rb"\r\n(?=[ \t])", b"", found[1]).strip()


_FOLDED = ("95 characters, as Outlook's", "640 characters")


@pytest.mark.parametrize(("form", "folded"), [*((each, False) for each in IDS), *((each, True) for each in _FOLDED)])
def test_d51_a_long_message_id_is_answered_byte_for_byte(corner: Corner, form: str, folded: bool) -> None:
    known, ana = IDS[form], corner.person("ana")
    if form.startswith("95"):
        assert len(known) == 95
    content = mail(ana, corner.address, message_id=f"\r\n {known}" if folded else known)
    corner.post(content, sender=ana)
    corner.answer(corner.to(corner.nina)[0], "Dear Ana, done.")
    acknowledgement, answer = corner.to(ana)
    for got in (acknowledgement, answer):
        assert _field(got, "In-Reply-To") == known.encode()
        assert known.encode() in _field(got, "References").split()
        assert all(len(line) <= 998 for line in got.content.split(b"\r\n"))


@pytest.mark.parametrize(
    "bad",
    [
        "<a b\x00c@x.example>",
        "<a@[b>",
        "<>",
        "<@>",
        "no brackets",
        "<a@b\r\n X-Evil: 1@c>",
        "<=?utf-8?q?=0D=0AX-Evil:_1?=@x.example>",
        f"<=?utf-8?q?{'x' * 70}?=@y.example>",
        "<é@x.example>",
        f"<{'a' * 950}@x.example>",
    ],
)
def test_d51_a_message_id_that_could_do_harm_is_left_out_and_the_mail_answered(corner: Corner, bad: str) -> None:
    ana = corner.person("ana")
    corner.post(_injected(corner, bad, "message-id"), sender=ana)
    corner.answer(corner.to(corner.nina)[0], "Dear Ana, done.")
    got = corner.to(ana)
    assert len(got) == 2
    for each in got:
        assert_sound(each)
        value = each.header("In-Reply-To")
        assert value == "" or re.fullmatch(r"<[!-~]+@[!-~]+>", value)
